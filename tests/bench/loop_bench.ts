/**
 * A whole experiment, beside the same in PyTorch and scikit-activeml, taking turns: Fashion-MNIST, margin sampling, 100
 * to 1,000 labels by 100. Ten CNNs (convolutions of 32 and 64 filters, a dense layer of 128) are trained from new
 * weights, each for 200 steps of 64 images with Adam; each is tested on 10,000 images, and all but the last choose among
 * 10,000. Ours keeps a journal and draws its curve and what it asked.
 *
 * Counted from data in memory to the end; starting the processes and a short run before are not.
 *
 * `overhead` is what of that is in none of the phases of a round, neither training, evaluating, scoring, selecting nor
 * labelling: the loop, the journal and the report.
 *
 *     deno run -A tests/bench/loop_bench.ts [--peers <python>] [--rounds 5] [--threads 2] [--only <part of a work>]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  activeLearning,
  cnn,
  type Dataset,
  learningCurves,
  loadDataset,
  marginSampling,
  NetworkClassifier,
  networkRecipe,
  queryGallery,
  Random,
  type Round,
  simulatedOracle,
  subset,
} from "curio";
import { bytesOf, printRows, rowsOf } from "./bench_row.ts";
import { lineProcess } from "./line_process.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    peers: { type: "string" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    only: { type: "string", default: "" },
  },
});

/** What a run is told, in either language. */
interface Plan {
  readonly steps: number;
  readonly batch: number;
  readonly budget: number;
}

interface Run {
  readonly seconds: number;
  /** On the test set, of each round. */
  readonly accuracies: readonly number[];
  readonly overhead?: number;
}

const work = "CNN on Fashion-MNIST, margin, 100 to 1,000 labels";
if (work.includes(options.only)) await measure();

async function measure() {
  const folder = await Deno.makeTempDir({ prefix: "curio-loop-" });
  try {
    const { train, test } = await loadDataset("fashion-mnist");
    const random = new Random("loop bench");
    const pool = subset(train, random.sample(train.images.count, 10_000));
    const initial = random.child("initial").sample(pool.images.count, 100);
    const runners = new Map([["curio", (plan: Plan) => curioRun({ pool, test, initial, folder }, plan)]]);
    const peer = options.peers === undefined
      ? undefined
      : await startPeer(options.peers, { pool, test, initial, folder });
    if (peer) runners.set("PyTorch and scikit-activeml", (plan) => peer.ask<Run>(JSON.stringify(plan)));
    printRows(await compared(runners));
    await peer?.end();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function startPeer(python: string, { pool, test, initial, folder }: Data) {
  for (const [name, { images, labels }] of Object.entries({ pool, test })) {
    await Deno.writeFile(join(folder, name), await images.read([...labels.keys()]));
    await Deno.writeFile(join(folder, `${name}Labels`), bytesOf(labels));
  }
  await Deno.writeFile(join(folder, "initial"), bytesOf(initial));
  const script = join(import.meta.dirname!, "peers", "loop_peers.py");
  return lineProcess([python, script, folder, options.threads], { env: { OMP_NUM_THREADS: options.threads } });
}

async function compared(runners: ReadonlyMap<string, (plan: Plan) => Promise<Run>>) {
  for (const run of runners.values()) await run({ steps: 10, batch: 64, budget: 200 });
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [implementation, run] of runners) {
      runs.get(implementation)!.push(await run({ steps: 200, batch: 64, budget: 1000 }));
    }
  }
  for (const [implementation, its] of runs) {
    const last = its.map(({ accuracies }) => accuracies.at(-1)!.toFixed(3));
    console.error(`${implementation}: test accuracy at the end ${last.join(", ")}`);
  }
  const overheads = runs.get("curio")!.map(({ overhead }) => overhead!);
  return [
    ...rowsOf([...runs].map(([implementation, its]) => (
      { work, implementation, unit: "s", values: its.map(({ seconds }) => seconds) }
    ))),
    ...rowsOf([{ work: `${work}: overhead`, implementation: "curio", unit: "s", values: overheads }]),
  ];
}

interface Data {
  readonly pool: Dataset;
  readonly test: Dataset;
  readonly initial: Int32Array;
  readonly folder: string;
}

async function curioRun({ pool, test, initial, folder }: Data, { steps, batch, budget }: Plan): Promise<Run> {
  const { classNames, images: { shape } } = pool;
  const journal = await Deno.makeTempDir({ dir: folder });
  const began = performance.now();
  const rounds: Round[] = await Array.fromAsync(activeLearning({
    pool,
    test,
    oracle: simulatedOracle(pool),
    estimator: networkRecipe({
      build: (random) => new NetworkClassifier({ network: cnn({ shape, classes: 10, random }), classNames }),
      fit: { steps, batchSize: batch },
    }),
    strategy: marginSampling(),
    random: new Random(1),
    initial: { indices: initial },
    batchSize: 100,
    budget,
    journal,
  }));
  const accuracies = rounds.map(({ test }) => test!.accuracy);
  const labels = rounds.map(({ labels }) => labels);
  const galleries = rounds.filter(({ asked }) => asked.length > 0).map((round) => queryGallery(pool, round));
  const curve = learningCurves([{ name: "margin", labels, runs: [accuracies] }]);
  await Promise.all([curve, ...galleries].map(async (figure) => (await figure).png()));
  const seconds = (performance.now() - began) / 1000;
  const inPhases = rounds.flatMap(({ seconds }) => Object.values(seconds)).reduce((sum, phase) => sum + phase, 0);
  await Deno.remove(journal, { recursive: true });
  return { seconds, accuracies, overhead: seconds - inPhases };
}
