/**
 * The learning curve of notebook 01's baseline, drawn by the compiled engine and operation by operation, over seeds. Both
 * start from the same weights and draw the same masks; float32's rounding then leads them apart, and the difference must
 * stay within what another seed makes.
 *
 *     CURIO_DATA=<folder> deno run -A tests/drills/engines_agree.ts [--seeds 5] [--images 3000] [--epochs 4]
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import {
  cnn,
  fit,
  type History,
  loadDataset,
  NetworkClassifier,
  oneCycle,
  Random,
  stratifiedSplit,
  subset,
} from "curio";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    seeds: { type: "string", default: "5" },
    images: { type: "string", default: "3000" },
    epochs: { type: "string", default: "4" },
  },
});
const epochs = Number(options.epochs);
const engines = ["graph", "eager"] as const;
const metrics = ["loss", "validationLoss", "validationAccuracy"] as const;
const { train: everything } = await loadDataset("fashion-mnist");

async function curve(seed: number, engine: (typeof engines)[number]): Promise<History> {
  Deno.env.set("CURIO_ENGINE", engine === "eager" ? "eager" : "");
  const random = new Random(seed);
  const split = stratifiedSplit(everything.labels, {
    sizes: { train: Number(options.images), validation: 2000 },
    random: random.child("split"),
  });
  const { images: { shape }, classNames } = everything;
  const network = cnn({
    shape,
    classes: classNames.length,
    filters: [32, 64],
    denseUnits: [128],
    denseDropout: 0.3,
    random: random.child("weights"),
  });
  const model = new NetworkClassifier({ network, classNames });
  const history = await fit(model, subset(everything, split.train), {
    validation: subset(everything, split.validation),
    epochs,
    batchSize: 64,
    learningRate: oneCycle(0.003),
    random: random.child("fit"),
  });
  await model.dispose();
  return history;
}

const curves: Record<(typeof engines)[number], History[]> = { graph: [], eager: [] };
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  for (const engine of engines) curves[engine].push(await curve(seed, engine));
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
for (let epoch = 0; epoch < epochs; epoch++) {
  for (const metric of metrics) {
    const [graph, eager] = engines.map((engine) => curves[engine].map((history) => history.epochs[epoch][metric]!));
    const noise = deviation(eager);
    const difference = mean(graph) - mean(eager);
    const numbers = [mean(graph), mean(eager), difference, noise].map((value) => value.toFixed(5));
    console.log(
      `epoch ${epoch + 1}, ${metric}: graph ${numbers[0]}, eager ${numbers[1]}, difference ${numbers[2]}, ` +
        `standard deviation between seeds ${numbers[3]}`,
    );
    assert.ok(Math.abs(difference) <= noise, `the engines differ by more than seeds do`);
  }
}
const seconds = engines.map((engine) => mean(curves[engine].map((history) => history.seconds)));
console.log(`The engines agree. Seconds a run: graph ${seconds[0].toFixed(1)}, eager ${seconds[1].toFixed(1)}.`);
