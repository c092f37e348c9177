import assert from "node:assert/strict";
import { compareStrategies, comparisonTable, verdictOf } from "curio";
import { sampleRuns } from "./sample_runs.ts";

Deno.test("compareStrategies() finds what is there, and says so", () => {
  const found = compareStrategies(sampleRuns({ margin: 0.02, worst: -0.02, same: 0 }, { seeds: 12 }));
  assert.deepEqual(found.map(({ strategy, outcome }) => [strategy, outcome]), [
    ["margin", "better"],
    ["worst", "worse"],
    ["same", "no difference found"],
  ]);
  const [margin, worst, same] = found.map((comparison) => verdictOf(comparison));
  assert.match(
    margin,
    /^margin is better than random: 1\.\d points in mean accuracy.*Holm's correction for 3.*12 seeds/,
  );
  assert.match(worst, /^worst is worse than random: −1\.\d points/);
  assert.match(
    same,
    /^no difference found between same and random.*A true difference of 0\.\d+ points would have been/,
  );
});

Deno.test("compareStrategies() describes only, below the seeds with which a test could reject", () => {
  const of = (seeds: number, advantages: Record<string, number> = { margin: 0.02 }) =>
    compareStrategies(sampleRuns(advantages, { seeds }))[0];
  const few = of(5);
  assert.deepEqual([few.outcome, few.p, few.adjustedP], ["descriptive", undefined, undefined]);
  assert.match(
    verdictOf(few),
    /^Descriptive only: with 5 seeds no test can reject; 6 seeds could\. margin is ahead of/,
  );
  assert.equal(of(6).outcome, "better");
  // Six seeds give p = 1/32 at best: enough for one comparison, not for four.
  const four = of(6, { margin: 0.02, entropy: 0, badge: 0, kCenterGreedy: 0 });
  assert.equal(four.p, 1 / 32);
  assert.equal(four.outcome, "descriptive");
  assert.match(verdictOf(four), /no test can reject after Holm's correction for 4 comparisons; 8 seeds could/);
  assert.match(verdictOf(of(1)), /with 1 seed no test can reject.*\(AULC\)\.$/);
});

Deno.test("compareStrategies() measures on the labels that all runs of a setting have come through", () => {
  const runs = sampleRuns({ margin: 0.02 }, { seeds: 6 });
  const short = runs.map((run) =>
    run.strategy === "margin" && run.seed === 3 ? { ...run, labels: [100, 200, 300], values: [0.6, 0.7, 0.8] } : run
  );
  assert.deepEqual(compareStrategies(short)[0].range, { from: 100, to: 300 });
  assert.throws(
    () => compareStrategies([...short.slice(1), { ...short[0], labels: [700, 800], values: [0, 0] }]),
    /must share a range of budgets: current value is 700…300/,
  );
});

Deno.test("compareStrategies() compares within each dataset and model, and corrects for all", () => {
  const runs = ["MNIST", "CIFAR-10"].flatMap((dataset) => sampleRuns({ margin: 0.02, badge: 0.01 }, { dataset }));
  const found = compareStrategies(runs);
  assert.deepEqual(found.map(({ setting, strategy }) => `${setting} ${strategy}`), [
    "MNIST margin",
    "MNIST badge",
    "CIFAR-10 margin",
    "CIFAR-10 badge",
  ]);
  assert.ok(found.every(({ comparisons }) => comparisons === 4));
  assert.match(verdictOf(found[0]), /^MNIST: margin/);
  assert.ok(comparisonTable(found).frame.columns.includes("setting"));
});

Deno.test("compareStrategies() refuses a strategy without a seed in common with the baseline", () => {
  const runs = sampleRuns({ margin: 0 }, { seeds: 2 }).filter(({ strategy, seed }) =>
    (strategy === "margin") === !seed
  );
  assert.throws(() => compareStrategies(runs), /margin and random must have a seed in common: current value is none/);
  assert.throws(() => compareStrategies(runs, { baseline: "badge" }), /name another baseline/);
});

Deno.test("compareStrategies() counts a strategy that could not be tested among those corrected for", () => {
  const runs = sampleRuns({ margin: 0.02, badge: 0 }, { seeds: 8 })
    .filter(({ strategy, seed }) => strategy !== "badge" || seed < 3);
  const [margin, badge] = compareStrategies(runs);
  assert.equal(margin.adjustedP, 2 * margin.p!);
  assert.equal(badge.p, undefined);
  assert.equal(badge.difference.pairs, 3);
});

Deno.test("comparisonTable() puts the best first, and writes bounds as words", () => {
  const { frame } = comparisonTable(compareStrategies(sampleRuns({ worst: -0.1, margin: 0.02 }), { target: 0.785 }));
  assert.deepEqual(frame.getColumn("strategy").toArray(), ["margin", "worst"]);
  const [margin, worst] = frame.toRecords();
  assert.match(String(margin["labels saved"]), /^\d+$/);
  assert.match(String(worst["labels saved"]), /^at most −\d+$/);
  assert.match(String(worst["labels needed"]), /^at least 600$/);
  assert.equal(worst.found, "worse");
});

Deno.test("verdictOf() writes measures that are no share in their own unit", () => {
  const [margin] = compareStrategies(sampleRuns({ margin: 0.02 }, { seeds: 10 }));
  assert.match(verdictOf(margin, { percent: false }), /random: 0\.01\d+ in AULC/);
});
