/**
 * Split-MNIST by the protocol of van de Ven and Tolias (2018, arXiv 1809.10635, table 3): five experiences of two digits,
 * 2,000 iterations each, batches of 128, Adam at 0.001, an MLP with two hidden layers of 400. Says the average accuracy
 * after the last experience, mean and standard error over seeds, beside their table.
 *
 *     CURIO_DATA=<folder> deno run -A tests/drills/split_mnist.ts [--seeds 5] [--strategies naive,EWC,SI,LwF,joint]
 *       [--scenarios task,domain,class] [--steps 2000] [--strength 1e5] [--memory 2000] [--validation] [--grid]
 *       [--results FILE]
 *
 * `--strength` is EWC's λ and SI's c. With `--validation` the accuracy is that on the last 10,000 training images, which are
 * then not learnt from. `--grid` tries, with seed 1 and so validated, one strength after the other, and says the best. With
 * `--results` each run's accuracy is added to a file, from which a drill that was killed goes on, in the middle of a run too.
 *
 * What the paper's code does and its text does not say (github.com/GMvandeVen/continual-learning, commit e17b714): digits
 * come in another order with each seed, on which the scenario `domain` hangs by tens of points; LwF's distillation is
 * averaged over units too, which makes it as many times weaker; λ was 5,000, with which EWC does nothing.
 *
 * Measured, mean ± standard error over the first seeds, in per cent; in brackets the paper's table and that of arXiv
 * 1904.07734, which tuned more:
 *
 * | | task | domain | class |
 * |---|---|---|---|
 * | naive | 89.11 ± 1.72, 5 seeds [85.15, 87.19] | 65.70 ± 4.55, 5 seeds [57.33, 59.21] | 19.90, 1 seed [19.90, 19.90] |
 * | EWC | 98.87 ± 0.28, 3 seeds [85.48, 98.64] | 63.92 ± 2.46, 3 seeds [57.80, 63.95] | 19.92, 1 seed [19.90, 20.01] |
 * | SI | 99.10 ± 0.22, 3 seeds [99.14, 99.09] | 65.45 ± 3.19, 5 seeds [63.77, 65.36] | 19.92 ± 0.03, 2 seeds [20.04, 19.99] |
 * | LwF | 99.52 ± 0.04, 3 seeds [99.60, 99.57] | 79.88 ± 3.00, 5 seeds [71.02, 71.50] | 24.56 ± 0.76, 4 seeds [24.17, 23.85] |
 * | joint | 99.41 ± 0.16, 2 seeds [99.64] | 98.43 ± 0.08, 2 seeds [98.41] | 97.99 ± 0.02, 2 seeds [97.93] |
 *
 * GDumb with 4,400 images: 97.23 (Avalanche: 97). Replay of 2,000: 94.46.
 *
 * Between single orders there are tens of points in the scenario `domain`: naive learning ends at 80.86 with seed 5. The
 * first five are easier than the paper's twenty on average, for naive learning and LwF alike (LwF is 14.2 points above
 * naive here, 13.7 in the table). The same network and protocol in PyTorch gave, on the same orders: domain naive, seed 1,
 * 55.32 where this gave 54.94; domain LwF, seeds 2 and 3, 83.68 and 72.64 (84.48 and 72.44); class LwF, seed 1, 25.40
 * (26.77).
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  averageAccuracy,
  continualLearning,
  type ContinualStrategy,
  type ContinualTraining,
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
    strength: { type: "string" },
    memory: { type: "string" },
    validation: { type: "boolean", default: false },
    grid: { type: "boolean", default: false },
    results: { type: "string" },
  },
});

/** One way to learn, in one scenario. */
interface Contender {
  readonly strategy: ContinualStrategy;
  readonly training?: ContinualTraining;
}

/**
 * λ and c of {@linkcode ewc} and {@linkcode synapticIntelligence}: what `compare_hyperParams.py` of the paper's code found by
 * a grid and has as its defaults since. But EWC in the scenario `task`, where 1e5 does nothing here: by `--validation` with
 * seed 1, λ of 1e7, 1e9 and 1e11 gave 89.24, 96.55 and 97.71.
 */
const strengths: Readonly<Record<Scenario, Readonly<Record<"EWC" | "SI", number>>>> = {
  task: { EWC: 1e11, SI: 10 },
  domain: { EWC: 1e10, SI: 5e4 },
  class: { EWC: 1e9, SI: 5e3 },
};
/** What `--grid` tries. */
const grid: Readonly<Record<string, readonly number[]>> = {
  EWC: [1e3, 1e5, 1e7, 1e9, 1e11],
  SI: [1, 10, 100, 1e3, 1e4, 1e5],
};
const given = options.strength === undefined ? undefined : Number(options.strength);
const memory = (otherwise: number) => options.memory === undefined ? otherwise : Number(options.memory);
const contenders: Readonly<Record<string, (scenario: Scenario, strength?: number) => Contender>> = {
  naive: () => ({ strategy: naive() }),
  EWC: (scenario, lambda = strengths[scenario].EWC) => ({ strategy: ewc({ lambda }) }),
  onlineEWC: (scenario, lambda = strengths[scenario].EWC) => ({ strategy: ewc({ lambda, mode: "online" }) }),
  SI: (scenario, strength = strengths[scenario].SI) => ({ strategy: synapticIntelligence({ strength }) }),
  LwF: () => ({ strategy: lwf({ over: "mean" }) }),
  // The paper's offline training: at each experience, all data so far.
  joint: () => ({ strategy: cumulative() }),
  replay: () => ({ strategy: replay({ memory: memory(2000) }) }),
  // As the paper's code trains (github.com/drimpossible/GDumb, scripts/replicate.sh), but half of its passes, no batch norm,
  // and a lower rate therefore.
  GDumb: () => ({
    strategy: gdumb({ memory: memory(4400) }),
    training: {
      epochs: 2 ** restarts - 1,
      batchSize: 16,
      learningRate: warmRestarts,
      optimizer: { name: "momentum", weightDecay: 1e-6 },
      augmentation: { crop: 4 },
    },
  }),
  iCaRL: () => ({ strategy: icarl({ memory: memory(2000) }) }),
};
const restarts = 6;

/** Half cosines from 0.02 to 0.0005 over 1, 2, 4, … passes (Loshchilov and Hutter, 2017, eq. 5); the first at a tenth. */
function warmRestarts(step: number, totalSteps: number): number {
  const passes = 1 + step / totalSteps * (2 ** restarts - 1);
  const cycle = Math.floor(Math.log2(passes));
  const rate = 0.0005 + 0.0195 * (1 + Math.cos(Math.PI * (passes / 2 ** cycle - 1))) / 2;
  return cycle === 0 ? 0.1 * rate : rate;
}

/** 20 seeds, in per cent. */
const published: Readonly<Record<string, Readonly<Record<Scenario, number>>>> = {
  naive: { task: 85.15, domain: 57.33, class: 19.90 },
  EWC: { task: 85.48, domain: 57.80, class: 19.90 },
  onlineEWC: { task: 85.22, domain: 57.60, class: 19.90 },
  SI: { task: 99.14, domain: 63.77, class: 20.04 },
  LwF: { task: 99.60, domain: 71.02, class: 24.17 },
  joint: { task: 99.64, domain: 98.41, class: 97.93 },
};
/**
 * The order of digits by seed: those that the paper's code draws for the 20 seeds from 1111, where its comparison starts.
 * Made with NumPy: `np.random.seed(1110 + seed); np.argsort(np.random.permutation(10))`.
 */
const classOrders = [
  "3751684920",
  "3526948017",
  "4652793018",
  "1436502879",
  "8176503294",
  "8042951736",
  "7519064283",
  "4068291537",
  "0835976124",
  "4029837561",
  "0756189432",
  "4516392780",
  "8140632795",
  "8702156394",
  "7046519823",
  "9867520134",
  "2675183940",
  "4813752096",
  "1385764029",
  "7130654982",
];
const scenarios = (["task", "domain", "class"] as const).filter((one) => options.scenarios.split(",").includes(one));
const names = options.strategies.split(",");

const mnist = await loadDataset("mnist");
const source: StreamSource = options.validation || options.grid
  ? {
    train: subset(mnist.train, Array.from({ length: 50_000 }, (_, index) => index)),
    test: subset(mnist.train, Array.from({ length: 10_000 }, (_, index) => 50_000 + index)),
  }
  : mnist;
/** Accuracies in per cent, by what was run. */
const known = new Map<string, number>(options.results === undefined ? [] : await readResults(options.results));

if (options.grid) await tryStrengths();
else await compare();

/** Seeds before strategies: whenever it is stopped, what was measured can be compared. */
async function compare(): Promise<void> {
  const seeds = Array.from({ length: Number(options.seeds) }, (_, place) => place + 1);
  for (const seed of seeds) {
    for (const scenario of scenarios) {
      for (const name of names) await accuracyOf({ scenario, name, seed, strength: given });
    }
  }
  for (const scenario of scenarios) {
    for (const name of names) {
      const accuracies: number[] = [];
      for (const seed of seeds) accuracies.push(await accuracyOf({ scenario, name, seed, strength: given }));
      const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / seeds.length;
      const squares = accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0);
      const error = Math.sqrt(squares / Math.max(1, seeds.length - 1) / seeds.length);
      const table = published[name]?.[scenario].toFixed(2) ?? "–";
      console.log(`${scenario} ${name}: ${mean.toFixed(2)} ± ${error.toFixed(2)} (table: ${table})`);
    }
  }
}

async function tryStrengths(): Promise<void> {
  for (const scenario of scenarios) {
    for (const name of names.filter((one) => one in grid)) {
      const found: { strength: number; accuracy: number }[] = [];
      for (const strength of grid[name]) {
        found.push({ strength, accuracy: await accuracyOf({ scenario, name, seed: 1, strength }) });
      }
      const best = found.reduce((one, other) => other.accuracy > one.accuracy ? other : one);
      console.log(`${scenario} ${name}: best at ${best.strength}, ${best.accuracy.toFixed(2)}`);
    }
  }
}

/** In per cent; measured unless it is known. */
async function accuracyOf(choice: Choice): Promise<number> {
  const run = runOf(choice);
  const before = known.get(run.key);
  if (before !== undefined) return before;
  const began = performance.now();
  const accuracy = await measured(run);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  known.set(run.key, accuracy);
  const { scenario, name, seed, strength } = choice;
  console.log(
    `${scenario} ${name}${strength ? ` at ${strength}` : ""}, seed ${seed}: ${accuracy.toFixed(2)} in ${seconds} s`,
  );
  if (options.results) {
    await Deno.writeTextFile(options.results, `${JSON.stringify([run.key, accuracy])}\n`, { append: true });
    await Deno.remove(run.checkpoint!);
  }
  return accuracy;
}

interface Choice {
  readonly scenario: Scenario;
  readonly name: string;
  readonly seed: number;
  readonly strength: number | undefined;
}

interface Run extends Contender {
  readonly key: string;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly training: ContinualTraining;
  readonly checkpoint?: string;
}

function runOf({ scenario, name, seed, strength }: Choice): Run {
  const { strategy, training = { steps: Number(options.steps) } } = contenders[name](scenario, strength);
  const data = options.validation || options.grid ? "validation" : "test";
  const key = JSON.stringify([data, scenario, strategy.name, strategy.options, training, seed]);
  const checkpoint = options.results && `${options.results}.${scenario}-${name}-${strength ?? "chosen"}-${seed}`;
  return { key, scenario, strategy, seed, training, checkpoint };
}

async function measured({ scenario, strategy, seed, training, checkpoint }: Run): Promise<number> {
  const stream = splitStream(source, { scenario, experiences: 5, classOrder: [...classOrders[seed - 1]].map(Number) });
  const records = await Array.fromAsync(continualLearning({
    stream,
    strategy,
    build: (random) => mlp({ input: mnist.train.images.shape, classes: stream.classNames.length, random }),
    random: new Random(seed),
    training,
    checkpoint,
  }));
  return 100 * averageAccuracy(matrixOf(records));
}

async function readResults(path: string): Promise<[key: string, accuracy: number][]> {
  try {
    return (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
