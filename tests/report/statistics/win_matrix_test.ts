import assert from "node:assert/strict";
import { type LearningRun, rankStrategies, winMatrix } from "curio";
import { sampleRuns } from "./sample_runs.ts";

const labels = [10, 20, 30, 40];

Deno.test("winMatrix() gives 1/L for each budget at which the paired t is above the paper's 2.776", () => {
  // Differences at the four budgets: 0; t = 2.9 (wins); t = 2.6 (does not); all alike (wins).
  const scattered = [-1, -0.5, 0, 0.5, 1]; // standard deviation 0.79057, standard error 0.353553
  const runs = scattered.flatMap((noise, seed): LearningRun[] => [
    { strategy: "random", seed, labels, values: [seed, seed, seed, seed] },
    {
      strategy: "margin",
      seed,
      labels,
      values: [seed, seed + 2.9 * 0.353553 + noise, seed + 2.6 * 0.353553 + noise, seed + 1],
    },
  ]);
  const { strategies, wins, beaten, settings } = winMatrix(runs);
  assert.deepEqual(strategies, ["random", "margin"]);
  assert.deepEqual(wins, [[0, 0], [0.5, 0]]);
  assert.deepEqual(beaten, [0.25, 0]);
  assert.equal(settings, 1);
});

Deno.test("winMatrix() adds up over settings, and needs two seeds to say anything", () => {
  const both = ["MNIST", "CIFAR-10"].flatMap((dataset) => sampleRuns({ margin: 0.05 }, { dataset, noise: 0.001 }));
  const { wins, settings } = winMatrix(both);
  assert.equal(settings, 2);
  assert.ok(Math.abs(wins[1][0] - 2 * 5 / 6) < 1e-12); // at all budgets but the first, where both know the same
  assert.deepEqual(winMatrix(sampleRuns({ margin: 0.05 }, { seeds: 1 })).wins, [[0, 0], [0, 0]]);
});

/** Mean AULC of four strategies on six datasets. */
const areas = [
  [.90, .91, .93, .92],
  [.70, .74, .73, .75],
  [.80, .79, .84, .83],
  [.60, .62, .61, .66],
  [.55, .55, .58, .57],
  [.85, .86, .88, .90],
];
const rankedRuns = areas.flatMap((row, dataset) =>
  row.map((value, place): LearningRun => ({
    dataset: `data ${dataset}`,
    strategy: ["random", "entropy", "margin", "badge"][place],
    seed: 1,
    labels: [1, 2],
    values: [value, value],
  }))
);

Deno.test("rankStrategies() gives scipy's ranks and Friedman statistic, and Demšar's critical difference", () => {
  // scipy.stats.rankdata(-areas, axis=1).mean(0); friedmanchisquare(*areas.T); 2.569 * sqrt(4 * 5 / 36)
  const { ranks, friedman, criticalDifference, datasets } = rankStrategies(rankedRuns);
  assert.equal(datasets, 6);
  assert.deepEqual(ranks.map(({ strategy, rank }) => [strategy, +rank.toFixed(6)]), [
    ["badge", 1.5],
    ["margin", 1.833333],
    ["entropy", 2.916667],
    ["random", 3.75],
  ]);
  assert.ok(Math.abs(friedman.statistic - 11.644067796610173) < 1e-9);
  assert.ok(friedman.p > 0.0008 && friedman.p < 0.0045, `${friedman.p}`); // 0.0023 over 4,000 permutations in numpy
  assert.ok(Math.abs(criticalDifference - 1.91481954473232) < 1e-9);
});

Deno.test("rankStrategies() refuses fewer than five datasets, saying why, and gaps", () => {
  const few = rankedRuns.filter(({ dataset }) => dataset! < "data 4");
  assert.throws(
    () => rankStrategies(few),
    /at least 5 datasets: current value is 4\. Seeds on one dataset are repetitions/,
  );
  assert.throws(() => rankStrategies(rankedRuns.slice(1)), /current value is none of random on data 0/);
  assert.throws(() => rankStrategies(rankedRuns.filter(({ strategy }) => strategy === "badge")), /must be 2 to 40/);
});
