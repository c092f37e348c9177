import assert from "node:assert/strict";
import { learningCurves } from "curio";
import { spreadOf } from "../../lib/report/spread.ts";

const labels = [10, 20];

Deno.test("learningCurves() says which variance its band shows", () => {
  const curves = [{ name: "margin", labels, runs: [[0.5, 0.7], [0.6, 0.8]] }];
  const shown = (band: "interval" | "deviation" | "range" | "none") => learningCurves(curves, { band }).svg;
  assert.match(shown("interval"), /Mean of 2 runs; band: 95 % interval of the mean/);
  assert.match(shown("deviation"), /band: one standard deviation over runs/);
  assert.match(shown("range"), /band: from the lowest run to the highest/);
  assert.doesNotMatch(shown("none"), /band:|aria-label="area"/);
  assert.match(learningCurves(curves, { varies: "seeds" }).svg, /Mean of 2 runs, different seeds; band: 95 %/);
});

Deno.test("learningCurves() draws no band for one run, and says so", () => {
  const { svg, summary } = learningCurves([{ name: "margin", labels, runs: [[0.5, 0.7]] }]);
  assert.match(svg, /One run each/);
  assert.doesNotMatch(svg, /aria-label="area"/);
  assert.equal(summary, "Mean test accuracy at the end: margin 70.0 % at 20 labels.");
});

Deno.test("learningCurves() averages at each point the runs that came so far", () => {
  const { summary } = learningCurves([{ name: "margin", labels, runs: [[0.5, 0.7], [0.6]] }]);
  assert.equal(summary, "Mean test accuracy at the end: margin 70.0 % at 20 labels.");
});

Deno.test("learningCurves() refuses no curves, empty ones, runs that are too long and names used twice", () => {
  const run = [0.5, 0.6];
  assert.throws(() => learningCurves([]), /at least one curve: current value is an empty list/);
  assert.throws(() => learningCurves([{ name: "a", labels, runs: [] }]), /a must hold at least one run/);
  assert.throws(
    () => learningCurves([{ name: "a", labels: [1], runs: [run] }]),
    /at most as many points as labels, 1: current value is 2/,
  );
  assert.throws(
    () => learningCurves([{ name: "a", labels, runs: [run] }, { name: "a", labels, runs: [run] }]),
    /a name of its own: current value is a/,
  );
});

Deno.test("spreadOf() gives the interval of Student's t, one deviation, or the range", () => {
  // scipy.stats.t.interval(0.95, 4, 3, scipy.stats.sem([1, 2, 3, 4, 5])) = (1.0367568, 4.9632432)
  const { mean, low, high } = spreadOf([1, 2, 3, 4, 5], "interval");
  assert.equal(mean, 3);
  assert.ok(Math.abs(low - 1.0367568) < 5e-4 && Math.abs(high - 4.9632432) < 5e-4, `${low} ${high}`);
  assert.deepEqual(spreadOf([1, 2, 3], "deviation"), { mean: 2, low: 1, high: 3 });
  assert.deepEqual(spreadOf([1, 2, 6], "range"), { mean: 3, low: 1, high: 6 });
  assert.deepEqual(spreadOf([4], "interval"), { mean: 4, low: 4, high: 4 });
});

Deno.test("learningCurves() can say what else stands along the axis, and space it by factors", () => {
  const curves = [{ name: "a", labels: [1, 10, 100], runs: [[0.1, 0.2, 0.3]] }];
  const placesOf = (logarithmic: boolean) => {
    const { svg } = learningCurves(curves, { axis: "stages", logarithmic });
    const [, line] = svg.match(/d="(M[\d.]+,[\d.]+L[\d.]+,[\d.]+L[\d.]+,[\d.]+)"/)!;
    return [...line.matchAll(/[ML]([\d.]+),/g)].map(([, x]) => Number(x));
  };
  assert.match(learningCurves(curves, { axis: "stages" }).summary, /at 100 stages/);
  const [first, second, third] = placesOf(true);
  assert.ok(Math.abs((third - second) - (second - first)) < 0.01);
  const [one, ten, hundred] = placesOf(false);
  assert.ok(Math.abs((hundred - ten) - 10 * (ten - one)) < 0.01);
});
