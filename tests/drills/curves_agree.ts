/**
 * Learning curves beside those of others, by one protocol: Fashion-MNIST, 100 to 1,000 labels by 100 (the CNN: by 300)
 * from a pool of 10,000, at random and by margin, measured on all 10,000 test images. Both begin, seed by seed, with the
 * same labels.
 *
 *     deno run -A tests/drills/curves_agree.ts features --peers .venv/peers/bin/python [--seeds 20] [--keep FOLDER]
 *     deno run -A tests/drills/curves_agree.ts cnn --peers .venv/peers/bin/python [--seeds 20] [--keep FOLDER]
 *
 * `features`: a probe on the embeddings of ResNet-20, beside scikit-learn's logistic regression in modAL's loop. `cnn`: a
 * CNN like that of notebook 3, beside PyTorch. `deno task bench --peers` installs those. With a folder that is kept, a
 * drill that was stopped goes on. It fails unless the 90 % interval of the mean difference in AULC lies within ±1 point for
 * features, ±2 points for the CNN.
 *
 * Measured with 20 seeds, ours beside theirs. `features`: random 69.46 and 69.29, difference 0.18 points (90 % interval
 * 0.02 to 0.34); margin 70.99 and 70.97, difference 0.02 (−0.06 to 0.10). `cnn`: random 77.39 and 77.54, difference −0.15
 * (−0.48 to 0.19); margin 78.12 and 77.67, difference 0.44 (−0.12 to 1.00). There the weights begin alike, normal and cut
 * at two deviations, as TensorFlow.js draws them: with He et al.'s whole normal distribution PyTorch was behind by 0.78
 * (0.05 to 1.52) and 1.37 points (0.40 to 2.33) over the first 8 seeds.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  aulc,
  type Dataset,
  type ExperimentDeclaration,
  type ExperimentParts,
  experimentParts,
  type FeatureSet,
  learningRuns,
  runExperiment,
  saveFeatureSet,
} from "curio";
import { featureParts } from "../../lib/learning/experiment_data.ts";
import { momentsOf, studentT } from "../../lib/report/statistics/student_t.ts";

const { values: options, positionals: [kind] } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: "string" }, seeds: { type: "string", default: "20" }, keep: { type: "string" } },
});
if ((kind !== "features" && kind !== "cnn") || options.peers === undefined) {
  throw new TypeError("Cannot compare: say features or cnn, and whose Python with --peers. See the top of this file.");
}
const bound = kind === "features" ? 0.01 : 0.02;
const seeds = Number(options.seeds);
const sizes = { pool: 10_000, test: 10_000 };
const network = { filters: [16, 32], denseUnits: [64], steps: 150, batchSize: 32, learningRate: 0.002 };
const shared = {
  strategies: ["random", "margin"] as const,
  seeds,
  batchSize: kind === "features" ? 100 : 300,
  budget: 1000,
};
const strategies = [...shared.strategies];

const folder = options.keep ?? await Deno.makeTempDir({ prefix: "curio-drill-" });
await Deno.mkdir(folder, { recursive: true });
try {
  const { declaration, shapes } = kind === "features" ? await onFeatures() : await onImages();
  const result = await runExperiment({ ...shared, strategies, ...declaration });
  assert.deepEqual(result.failures, []);
  const initial = Object.fromEntries(
    result.cells.map(({ seed, rounds }) => [seed, rounds[0].initial!.map(({ index }) => index)]),
  );
  const protocol = { model: kind, shapes, initial, batch: shared.batchSize, budget: shared.budget, ...network };
  await Deno.writeTextFile(join(folder, "protocol.json"), JSON.stringify(protocol));

  const script = join(import.meta.dirname!, "reference", "learning_curves.py");
  const { success } = await new Deno.Command(options.peers, {
    args: [script, folder],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  assert.ok(success, "the reference failed");
  const lines = (await Deno.readTextFile(join(folder, "runs.jsonl"))).trim().split("\n");
  const theirs = lines.map((line): Reference => JSON.parse(line));
  const ours = learningRuns(result);

  const agreed = strategies.map((strategy) => {
    const differences = ours.filter((run) => run.strategy === strategy).map((run) => {
      const reference = theirs.find(({ strategy, seed }) => strategy === run.strategy && seed === run.seed)!;
      return { own: aulc(run), other: aulc({ ...run, values: reference.values }) };
    });
    return compare(strategy, differences);
  });
  assert.ok(agreed.every(Boolean), "the curves differ");
} finally {
  if (options.keep === undefined) await Deno.remove(folder, { recursive: true });
}

interface Reference {
  readonly strategy: string;
  readonly seed: number;
  readonly values: readonly number[];
}

interface Prepared {
  readonly declaration: Pick<ExperimentDeclaration, "datasets" | "models">;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

async function onFeatures(): Promise<Prepared> {
  const images = await experimentParts({ catalogue: "fashion-mnist", size: 32, ...sizes }) as ExperimentParts<Dataset>;
  const { pool, test } = await featureParts(images, "resnet20-cifar10");
  for (const [name, part] of Object.entries({ pool, test })) {
    await saveFeatureSet(part, join(folder, `${name}.safetensors`));
    await write(name, { items: part.features.data, labels: part.labels });
  }
  const shape = ({ features: { rows, columns } }: FeatureSet) => [rows, columns];
  const [features, held] = ["pool", "test"].map((name) => join(folder, `${name}.safetensors`));
  return {
    declaration: { datasets: [{ features, test: held, name: "fashion-mnist" }], models: [{ kind: "probe" }] },
    shapes: { pool: shape(pool), test: shape(test) },
  };
}

async function onImages(): Promise<Prepared> {
  const dataset = { catalogue: "fashion-mnist", ...sizes };
  const { pool, test } = await experimentParts(dataset) as ExperimentParts<Dataset>;
  for (const [name, { images, labels }] of Object.entries({ pool, test })) {
    await write(name, { items: await images.read([...Array(images.count).keys()]), labels });
  }
  const shape = ({ images: { count, shape } }: Dataset) => [count, shape.height, shape.width];
  return {
    declaration: { datasets: [dataset], models: [{ kind: "cnn", ...network }] },
    shapes: { pool: shape(pool), test: shape(test) },
  };
}

interface Part {
  readonly items: Uint8Array | Float32Array;
  readonly labels: Int32Array;
}

async function write(name: string, part: Part): Promise<void> {
  for (const [what, { buffer, byteOffset, byteLength }] of Object.entries(part)) {
    await Deno.writeFile(
      join(folder, `${name}.${what}`),
      new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
    );
  }
}

/** Says how far apart they are; whether the 90 % interval lies within the bound. */
function compare(strategy: string, pairs: readonly { readonly own: number; readonly other: number }[]): boolean {
  const { mean, deviation } = momentsOf(pairs.map(({ own, other }) => own - other));
  const reach = studentT(0.95, pairs.length - 1) * deviation / Math.sqrt(pairs.length);
  const percent = (share: number) => (100 * share).toFixed(2);
  console.log(
    `${kind}, ${strategy}, ${pairs.length} seeds: AULC ${percent(momentsOf(pairs.map(({ own }) => own)).mean)}, ` +
      `theirs ${percent(momentsOf(pairs.map(({ other }) => other)).mean)}; ` +
      `difference ${percent(mean)}, 90 % interval ${percent(mean - reach)} … ${percent(mean + reach)} points`,
  );
  return Math.max(Math.abs(mean - reach), Math.abs(mean + reach)) <= bound;
}
