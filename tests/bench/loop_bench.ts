/**
 * What the loop and its journal cost beside the work that they arrange: a CNN on 28×28 images, margin sampling, 100 to
 * 500 labels by 100, a pool of 10,000, 200 steps a round. `overhead` is the time that is in none of the phases: neither
 * training, predicting nor selecting.
 *
 *     deno run -A tests/bench/loop_bench.ts [--rounds 5] [--only <part of a work>]
 */
import { parseArgs } from "node:util";
import { activeLearning, cnn, marginSampling, NetworkClassifier, networkRecipe, Random, simulatedOracle } from "curio";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { printRows, rowsOf } from "./bench_row.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  // Who runs all suites gives each of them the peers' Python; here there is none to run.
  options: {
    peers: { type: "string" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
  },
});

const work = "active-learning run with journal";
const pool = syntheticDataset({ count: 10_000, classes: 10, side: 28 });
const { classNames, images: { shape } } = pool;

async function run(journal: string): Promise<{ readonly seconds: number; readonly overhead: number }> {
  const began = performance.now();
  let inPhases = 0;
  const rounds = activeLearning({
    pool,
    oracle: simulatedOracle(pool),
    estimator: networkRecipe({
      build: (random) => new NetworkClassifier({ network: cnn({ shape, classes: 10, random }), classNames }),
      fit: { steps: 200 },
    }),
    strategy: marginSampling(),
    random: new Random(1),
    budget: 500,
    journal,
  });
  for await (const { seconds } of rounds) {
    inPhases += Object.values(seconds).reduce((sum, phase) => sum + phase, 0);
  }
  const seconds = (performance.now() - began) / 1000;
  return { seconds, overhead: seconds - inPhases };
}

if (work.includes(options.only)) {
  const totals: number[] = [];
  const overheads: number[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const journal = await Deno.makeTempDir({ prefix: "curio-bench-" });
    const { seconds, overhead } = await run(journal);
    totals.push(seconds);
    overheads.push(overhead);
    await Deno.remove(journal, { recursive: true });
  }
  const row = (name: string, values: readonly number[]) =>
    rowsOf([{ work: name, implementation: "curio", unit: "s", values }]);
  printRows([...row(work, totals), ...row(`${work}: overhead`, overheads)]);
}
