import assert from "node:assert/strict";
import {
  calibrated,
  calibratedMargin,
  entropySampling,
  fitTemperature,
  marginSampling,
  matrix,
  poolView,
  Random,
  restrict,
  temperatureScale,
} from "curio";

// NumPy 2.4, default_rng(5).normal(size=(12, 3)) * 4, to two places; labels 0, 1, 2 in turn.
const logits = matrix([
  [-3.21, -5.3, -0.99],
  [1.68, 4.54, 0.44],
  [-2.21, -3.14, 2.99],
  [6.54, 1.09, -4.93],
  [-3.83, 6.4, 0.81],
  [-6.93, -0.33, -4.65],
  [-2.52, -1.95, -2.85],
  [2.21, -0.25, -2.36],
  [1.64, 3.32, -6.57],
  [-1.03, -3.92, -0.69],
  [-5.16, 0.08, -0.15],
  [-1.22, -4.19, -1.58],
]);
const labels = Array.from({ length: 12 }, (_, row) => row % 3);

Deno.test("fitTemperature() finds the minimum that SciPy's minimize_scalar finds", () => {
  // scipy.optimize.minimize_scalar(mean negative log-likelihood of z/e^t, bounded): T = 6.094534
  assert.ok(Math.abs(fitTemperature(logits, labels) - 6.094534) < 1e-4);
});

Deno.test("fitTemperature() undoes a temperature", () => {
  const fitted = fitTemperature(logits, labels);
  const hotter = { ...logits, data: logits.data.map((logit) => logit * 3) };
  assert.ok(Math.abs(fitTemperature(hotter, labels) / fitted - 3) < 1e-5);
});

Deno.test("fitTemperature() ends at its bounds where every row is right, or none", () => {
  const sure = matrix([[1, 0], [0, 1]]);
  assert.ok(Math.abs(fitTemperature(sure, [0, 1]) - 0.01) < 1e-6);
  assert.ok(Math.abs(fitTemperature(sure, [1, 0]) - 100) < 1e-3);
});

Deno.test("fitTemperature() takes a class that is ruled out", () => {
  const ruledOut = matrix([[Math.log(16), 0, -Infinity], [Math.log(16), 0, -Infinity]]);
  const temperature = fitTemperature(ruledOut, [0, 1]);
  assert.ok(temperature > 10, `${temperature}`);
});

Deno.test("fitTemperature() and temperatureScale() refuse what cannot be", () => {
  assert.throws(() => fitTemperature(logits, [0]), /1 labels for 12 rows/);
  assert.throws(() => fitTemperature({ rows: 0, columns: 2, data: new Float32Array(0) }, []), RangeError);
  for (const temperature of [0, -1, NaN, Infinity]) {
    assert.throws(() => temperatureScale(logits, temperature), RangeError);
  }
});

Deno.test("temperatureScale() at 1 is the softmax, and flattens towards uniform", () => {
  const [first] = temperatureScale(matrix([[1, 0]]), 1).data;
  assert.ok(Math.abs(first - Math.E / (Math.E + 1)) < 1e-7);
  const [flat] = temperatureScale(matrix([[1, 0]]), 1e6).data;
  assert.ok(Math.abs(flat - 0.5) < 1e-6);
});

Deno.test("a calibrated strategy fits its temperature to what is labelled", async () => {
  const labelledProbabilities = temperatureScale(logits, 1);
  const sources = { classCount: 3, logits, candidates: labels.map((_, row) => row) };
  const labelled = { labelled: labels.map((_, row) => 100 + row), labels, labelledProbabilities };
  const fitted = await calibratedMargin().select(poolView({ ...sources, ...labelled }), 12, new Random(1));
  const temperature = fitTemperature(logits, labels);
  const given = await calibratedMargin({ temperature }).select(poolView(sources), 12, new Random(1));
  assert.deepEqual(fitted.indices, given.indices);
  fitted.scores.forEach((score, place) => assert.ok(Math.abs(score - given.scores[place]) < 1e-5));
});

Deno.test("with nothing labelled, a calibrated strategy is the plain one", async () => {
  const view = poolView({ classCount: 3, logits });
  const [plain, cool] = await Promise.all([
    marginSampling().select(view, 4, new Random(1)),
    calibratedMargin().select(view, 4, new Random(1)),
  ]);
  assert.deepEqual(cool.indices, plain.indices);
});

Deno.test("calibrated() reaches strategies that restrict the view, and keeps the strategy's own facts", async () => {
  const strategy = calibrated({
    ...entropySampling(),
    select: (view, k, random) => entropySampling().select(restrict(view, { size: 5, random }), k, random),
  }, { temperature: 2 });
  assert.equal(strategy.name, "calibratedEntropy");
  assert.equal(strategy.options.temperature, 2);
  const { indices, scores } = await strategy.select(poolView({ classCount: 3, logits }), 1, new Random(1));
  const { data } = temperatureScale(logits, 2);
  const row = data.subarray(indices[0] * 3, indices[0] * 3 + 3);
  const expected = -row.reduce((sum, value) => sum + value * Math.log(value), 0);
  assert.ok(Math.abs(scores[0] - expected) < 1e-6);
});
