/**
 * Split-MNIST by the protocol of van de Ven and Tolias (2018, arXiv 1809.10635, table 3): five experiences of two digits in
 * their order, 2,000 iterations each, batches of 128, Adam at 0.001, an MLP with two hidden layers of 400. Says the average
 * accuracy after the last experience, over seeds, beside their table.
 *
 *     CURIO_DATA=<folder> deno run -A tests/drills/split_mnist.ts [--seeds 5] [--strategies naive,EWC,SI,LwF,joint]
 *       [--scenarios task,domain,class] [--steps 2000] [--lambda 5000] [--strength 0.1] [--memory 2000] [--validation]
 *
 * With `--validation` the accuracy is that on the last 10,000 training images, which are then not learnt from: for choosing
 * λ and c, as the paper does by a grid.
 */
import { parseArgs } from "node:util";
import {
  averageAccuracy,
  continualLearning,
  type ContinualStrategy,
  cumulative,
  ewc,
  gdumb,
  icarl,
  loadDataset,
  lwf,
  matrixOf,
  mlp,
  naive,
  Random,
  replay,
  type Scenario,
  splitStream,
  type StreamSource,
  subset,
  synapticIntelligence,
} from "curio";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    seeds: { type: "string", default: "5" },
    strategies: { type: "string", default: "naive,EWC,SI,LwF,joint" },
    scenarios: { type: "string", default: "task,domain,class" },
    steps: { type: "string", default: "2000" },
    lambda: { type: "string", default: "5000" },
    strength: { type: "string", default: "0.1" },
    memory: { type: "string", default: "2000" },
    validation: { type: "boolean", default: false },
  },
});

const memory = Number(options.memory);
const strategies: Readonly<Record<string, () => ContinualStrategy>> = {
  naive,
  EWC: () => ewc({ lambda: Number(options.lambda) }),
  onlineEWC: () => ewc({ lambda: Number(options.lambda), mode: "online" }),
  SI: () => synapticIntelligence({ strength: Number(options.strength) }),
  LwF: () => lwf(),
  // The paper's offline training: at each experience, all data so far.
  joint: () => cumulative(),
  replay: () => replay({ memory }),
  GDumb: () => gdumb({ memory }),
  iCaRL: () => icarl({ memory }),
};

/** 20 seeds, in per cent: task, domain, class. */
const published: Readonly<Record<string, readonly number[]>> = {
  naive: [85.15, 57.33, 19.90],
  EWC: [85.48, 57.80, 19.90],
  onlineEWC: [85.22, 57.60, 19.90],
  SI: [99.14, 63.77, 20.04],
  LwF: [99.60, 71.02, 24.17],
  joint: [99.64, 98.41, 97.93],
};
const scenarios: readonly Scenario[] = ["task", "domain", "class"];

const mnist = await loadDataset("mnist");
const source: StreamSource = options.validation
  ? {
    train: subset(mnist.train, Array.from({ length: 50_000 }, (_, index) => index)),
    test: subset(mnist.train, Array.from({ length: 10_000 }, (_, index) => 50_000 + index)),
  }
  : mnist;

for (const scenario of scenarios.filter((one) => options.scenarios.split(",").includes(one))) {
  for (const name of options.strategies.split(",")) {
    const accuracies: number[] = [];
    const began = performance.now();
    for (let seed = 1; seed <= Number(options.seeds); seed++) {
      const stream = splitStream(source, { scenario, experiences: 5 });
      const records = await Array.fromAsync(continualLearning({
        stream,
        strategy: strategies[name](),
        build: (random) => mlp({ input: mnist.train.images.shape, classes: stream.classNames.length, random }),
        random: new Random(seed),
        training: { steps: Number(options.steps), batchSize: 128, learningRate: 0.001, optimizer: "adam" },
      }));
      accuracies.push(100 * averageAccuracy(matrixOf(records)));
    }
    const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
    const deviation = Math.sqrt(
      accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0) / Math.max(1, accuracies.length - 1),
    );
    const table = published[name]?.[scenarios.indexOf(scenario)].toFixed(2) ?? "–";
    const seconds = (performance.now() - began) / 1000 / accuracies.length;
    console.log(
      `${scenario} ${name}: ${mean.toFixed(2)} ± ${deviation.toFixed(2)} over ${accuracies.length} seeds ` +
        `(table: ${table}), ${seconds.toFixed(0)} s a seed`,
    );
  }
}
