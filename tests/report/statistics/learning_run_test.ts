import assert from "node:assert/strict";
import { aulc, learningCurves, type LearningRun, meanCurves } from "curio";
import fc from "fast-check";
import { checkRuns, commonRange, pairsOf, valueAt } from "../../../lib/report/statistics/learning_run.ts";

const run: LearningRun = { strategy: "random", seed: 1, labels: [100, 200, 400, 500], values: [0.5, 0.6, 0.7, 0.72] };

Deno.test("checkRuns() refuses what is no learning curve", () => {
  const refused = (...runs: Partial<LearningRun>[]) => () =>
    checkRuns(runs.map((part) => ({ ...run, ...part })), "compare strategies");
  assert.throws(refused(), /Cannot compare strategies: there must be at least one run/);
  assert.throws(refused({ values: [0.5] }), /one value for each of its labels: current value is 1 for 4/);
  assert.throws(refused({ labels: [], values: [] }), RangeError);
  assert.throws(refused({ labels: [100, 100, 200, 300] }), /labels of random at seed 1 must grow/);
  assert.throws(refused({ values: [0.5, NaN, 1, 1] }), /must be finite: current value is NaN/);
  assert.throws(refused({}, {}), /one run of each setting, strategy and seed/);
  assert.doesNotThrow(refused({}, { dataset: "other" }, { seed: 2 }, { model: "cnn" }));
});

Deno.test("valueAt() reads between points, and not beyond the ends", () => {
  assert.deepEqual([100, 150, 200, 300, 500].map((budget) => +valueAt(run, budget).toFixed(12)), [
    ...[0.5, 0.55, 0.6, 0.65, 0.72],
  ]);
  assert.ok([99, 501].every((budget) => Number.isNaN(valueAt(run, budget))));
});

Deno.test("commonRange() is what all runs have come through", () => {
  assert.deepEqual(commonRange([run, { ...run, labels: [120, 300], values: [0, 1] }]), { from: 120, to: 300 });
});

Deno.test("pairsOf() pairs by seed and leaves out those without a partner", () => {
  const runs = [3, 1, 2].map((seed) => ({ ...run, seed })).concat([1, 3, 4].map((seed) => ({
    ...run,
    seed,
    strategy: "margin",
  })));
  const pairs = pairsOf(runs, { strategy: "margin", baseline: "random" });
  assert.deepEqual(pairs.map(([one, other]) => [one.strategy, one.seed, other.strategy, other.seed]), [
    ["margin", 1, "random", 1],
    ["margin", 3, "random", 3],
  ]);
});

Deno.test("aulc() is the trapezoids over the range, divided by its length", () => {
  // numpy: x=[100,200,400,500]; y=[.5,.6,.7,.72]; trapezoid(interp(g,x,y),g)/300 for g=[150,200,400,450]
  assert.ok(Math.abs(aulc(run, { from: 150, to: 450 }) - 0.6466666666666666) < 1e-12);
  assert.throws(() => aulc(run, { from: 50, to: 450 }), /must have a length and lie within the run's labels, 100…500/);
  assert.throws(() => aulc(run, { from: 200, to: 200 }), RangeError);
});

Deno.test("aulc() lies between the least and the largest value, and moves with the curve", () => {
  const curves = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 2,
    maxLength: 12,
  });
  fc.assert(fc.property(curves, fc.double({ min: -1, max: 1, noNaN: true }), (points, lift) => {
    let count = 0;
    const labels = points.map(([step]) => count += step);
    const values = points.map(([, value]) => value);
    const area = aulc({ labels, values });
    assert.ok(area >= Math.min(...values) - 1e-9 && area <= Math.max(...values) + 1e-9);
    assert.ok(Math.abs(aulc({ labels, values: values.map((value) => value + lift) }) - area - lift) < 1e-9);
  }));
});

Deno.test("meanCurves() gathers runs of a strategy, at the labels of any of them", () => {
  const runs = [run, { ...run, seed: 2, labels: [100, 300, 400], values: [0.4, 0.6, 0.7] }];
  const [curve] = meanCurves(runs);
  assert.deepEqual(curve.labels, [100, 200, 300, 400, 500]);
  assert.deepEqual(curve.runs.map((values) => Array.from(values, (value) => +value.toFixed(9))), [
    [0.5, 0.6, 0.65, 0.7, 0.72],
    [0.4, 0.5, 0.6, 0.7, NaN],
  ]);
  assert.match(learningCurves([curve]).summary, /random 72.0 % at 500 labels/);
  assert.throws(
    () => meanCurves([run, { ...run, dataset: "MNIST" }]),
    /of one dataset and model.*Filter the runs first/,
  );
});
