import assert from "node:assert/strict";
import fc from "fast-check";
import { gatherRows, linearProbe, type LinearProbeOptions, logisticRegression, type Matrix, matrix, tf } from "curio";
import { assertClose } from "../query/close_to.ts";
import { wavyEmbeddings, type WavyOptions } from "./wavy_embeddings.ts";

// Every expectation here: scikit-learn 1.9.1, LogisticRegression(C=c, solver="newton-cg", tol=1e-12,
// max_iter=100_000).fit(embeddings, labels).predict_proba(three other items), on wavyEmbeddings in float64.

const names = (count: number) => Array.from({ length: count }, (_, label) => `class ${label}`);

interface Case extends WavyOptions {
  readonly testSpread?: number;
  readonly scale?: (column: number) => number;
  readonly options?: Partial<LinearProbeOptions>;
}

async function probabilitiesOf({ testSpread, scale = () => 1, options, ...waves }: Case): Promise<Matrix> {
  const scaled = ({ rows, columns, data }: Matrix) => ({
    rows,
    columns,
    data: data.map((value, at) => value * scale(at % columns)),
  });
  const { embeddings, labels } = wavyEmbeddings(waves);
  const others = wavyEmbeddings({ ...waves, items: 3, spread: testSpread ?? waves.spread, from: 1000 });
  const probe = await linearProbe(scaled(embeddings), labels, { classNames: names(waves.classes), ...options });
  return await probe.probabilities(scaled(others.embeddings));
}

const ten = { items: 120, features: 8, classes: 10, spread: 0.8 };
const two = { items: 60, features: 8, classes: 2, spread: 0.5 };
const separable = { items: 60, features: 8, classes: 3, spread: 3, testSpread: 0.5 };
const large = { items: 400, features: 80, classes: 10, spread: 0.3 };

const cases: readonly (readonly [name: string, given: Case, expected: Matrix])[] = [
  [
    "ten classes, C = 0.01",
    { ...ten, options: { c: 0.01 } },
    matrix([[0.15295, 0.0982, 0.07734, 0.08702, 0.09634, 0.11597, 0.09792, 0.09135, 0.09169, 0.09122], [
      0.0692,
      0.11213,
      0.10241,
      0.1116,
      0.10446,
      0.07891,
      0.12315,
      0.09437,
      0.10248,
      0.10128,
    ], [0.09805, 0.07865, 0.14169, 0.12278, 0.08145, 0.08838, 0.10916, 0.10794, 0.08745, 0.08444]]),
  ],
  [
    "ten classes, C = 1",
    ten,
    matrix([[0.77893, 0.02421, 0.001, 0.00788, 0.01278, 0.08338, 0.01961, 0.02676, 0.03846, 0.00699], [
      0.00099,
      0.03835,
      0.06568,
      0.16614,
      0.01805,
      0.00068,
      0.59862,
      0.02209,
      0.0342,
      0.0552,
    ], [0.00164, 4e-05, 0.76093, 0.16228, 6e-05, 3e-05, 0.06943, 0.00365, 0.00072, 0.00123]]),
  ],
  [
    "ten classes, C = 100",
    { ...ten, options: { c: 100 } },
    matrix([[0.9843, 0.00058, 0.0, 0.0, 0.0, 0.00728, 4e-05, 0.00054, 0.0063, 0.00097], [
      0.0,
      0.0,
      0.01427,
      0.00277,
      0.0,
      0.0,
      0.98248,
      1e-05,
      3e-05,
      0.00045,
    ], [0.0, 0.0, 0.87836, 0.07089, 0.0, 0.0, 0.05075, 0.0, 0.0, 0.0]]),
  ],
  [
    "standardised features of different scale, C = 0.1",
    { ...ten, scale: (column) => column + 1, options: { c: 0.1, standardise: true } },
    matrix([[0.43022, 0.07109, 0.01625, 0.04196, 0.06493, 0.15493, 0.06275, 0.05778, 0.06261, 0.03748], [
      0.01365,
      0.12622,
      0.09504,
      0.16092,
      0.09035,
      0.02092,
      0.2713,
      0.0581,
      0.08056,
      0.08295,
    ], [0.04112, 0.01121, 0.46921, 0.22965, 0.01508, 0.01531, 0.11772, 0.05835, 0.02201, 0.02033]]),
  ],
  [
    "samples of weight 1, 2, 3",
    { ...ten, options: { sampleWeights: names(120).map((_, item) => 1 + item % 3) } },
    matrix([[0.8043, 0.01792, 0.00039, 0.00397, 0.00653, 0.04611, 0.01049, 0.04455, 0.0629, 0.00284], [
      0.00031,
      0.00886,
      0.05024,
      0.1499,
      0.00226,
      7e-05,
      0.75033,
      0.0039,
      0.0105,
      0.02364,
    ], [0.00015, 0.0, 0.79783, 0.12601, 0.0, 0.0, 0.07513, 0.00051, 9e-05, 0.00027]]),
  ],
  [
    "two classes, C = 0.01",
    { ...two, options: { c: 0.01 } },
    matrix([[0.54187, 0.45813], [0.42256, 0.57744], [0.61027, 0.38973]]),
  ],
  ["two classes, C = 1", two, matrix([[0.89248, 0.10752], [0.17291, 0.82709], [0.99515, 0.00485]])],
  [
    "two classes, C = 100",
    { ...two, options: { c: 100 } },
    matrix([[0.9913, 0.0087], [0.5619, 0.4381], [0.99999, 1e-05]]),
  ],
  [
    "classes that can be separated, C = 10,000",
    { ...separable, options: { c: 1e4 } },
    matrix([[0.11559, 0.88151, 0.0029], [0.00098, 0.77433, 0.22468], [0.00471, 0.01412, 0.98117]]),
  ],
  [
    "many features, C = 0.01",
    { ...large, options: { c: 0.01 } },
    matrix([[0.31033, 0.06797, 0.05125, 0.08349, 0.07187, 0.12572, 0.10182, 0.05798, 0.06254, 0.06704], [
      0.07778,
      0.16487,
      0.13048,
      0.08928,
      0.07018,
      0.10616,
      0.09003,
      0.10942,
      0.08036,
      0.08146,
    ], [0.20996, 0.09277, 0.12652, 0.09885, 0.05847, 0.08392, 0.09931, 0.09014, 0.06126, 0.07878]]),
  ],
  [
    "many features, C = 1",
    large,
    matrix([[0.86004, 0.0007, 0.00047, 0.0031, 0.00122, 0.12329, 0.00617, 0.00097, 0.00101, 0.00302], [
      0.04607,
      0.38604,
      0.22176,
      0.0809,
      0.0049,
      0.03503,
      0.07177,
      0.06401,
      0.07392,
      0.01559,
    ], [0.63734, 0.04176, 0.04623, 0.05245, 0.00067, 0.0433, 0.11467, 0.05847, 0.00149, 0.00362]]),
  ],
];

for (const [name, given, expected] of cases) {
  Deno.test(`a probe has scikit-learn's probabilities: ${name}`, async () => {
    const before = tf.memory().numTensors;
    assertClose((await probabilitiesOf(given)).data, expected.data, 2e-5);
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("logisticRegression() is at a minimum: the gradient is 0, weights and biases sum to 0 over classes", async () => {
  const gaussian = fc.double({ min: -3, max: 3, noNaN: true });
  const item = fc.tuple(gaussian, gaussian, fc.nat({ max: 3 }));
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 3, maxLength: 30 }), fc.constantFrom(0.1, 1, 10), async (items, c) => {
      const labels = items.map(([, , label]) => label);
      const present = [...new Set(labels)];
      fc.pre(present.length > 1);
      const features = matrix(items.map(([x, y]) => [x, y]));
      const { weights, converged } = await logisticRegression(features, labels, { classCount: 4, c });
      assert.ok(converged);
      const penalty = (present.length === 2 ? 2 : 1) / c;
      const gradient = Float64Array.from(weights, (weight, at) => at % 3 === 2 ? 0 : penalty * weight);
      items.forEach((_, row) => {
        const x = [...gatherRows(features, [row]).data, 1];
        const powers = [0, 1, 2, 3].map((label) =>
          Math.exp(x.reduce((sum, value, at) => sum + value * weights[3 * label + at], 0))
        );
        const total = powers.reduce((sum, power) => sum + power, 0);
        powers.forEach((power, label) => {
          const slope = power / total - Number(label === labels[row]);
          x.forEach((value, at) => gradient[3 * label + at] += slope * value);
        });
      });
      for (const label of present) assertClose(gradient.subarray(3 * label, 3 * label + 3), [0, 0, 0], 1e-4);
      for (const at of [0, 1, 2]) {
        assertClose([present.reduce((sum, label) => sum + weights[3 * label + at], 0)], [0], 1e-9);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("the compiled fit is the one operation by operation", async () => {
  const { embeddings, labels } = wavyEmbeddings(large);
  const compiled = await logisticRegression(embeddings, labels, { classCount: 10 });
  const again = await logisticRegression(embeddings, labels, { classCount: 10 });
  assert.deepEqual(again.weights, compiled.weights);
  Deno.env.set("CURIO_ENGINE", "eager");
  try {
    const eager = await logisticRegression(embeddings, labels, { classCount: 10 });
    assertClose(eager.weights, compiled.weights, 1e-4);
  } finally {
    Deno.env.delete("CURIO_ENGINE");
  }
});

Deno.test("many features leave no bias that all classes share", async () => {
  const { embeddings, labels } = wavyEmbeddings(large);
  const { weights } = await logisticRegression(embeddings, labels, { classCount: 10 });
  const biases = labels.slice(0, 10).map((label) => weights[81 * label + 80]);
  assertClose([biases.reduce((sum, bias) => sum + bias, 0)], [0], 1e-9);
});

Deno.test("a class without labels takes no part, one class alone is certain, and with no labels all are alike", async () => {
  const { embeddings, labels } = wavyEmbeddings({ items: 60, features: 8, classes: 3, spread: 0.8 });
  const all = await linearProbe(embeddings, labels, { classNames: names(3) });
  const wider = await linearProbe(embeddings, labels.map((label) => 2 * label), { classNames: names(6) });
  const few = (await all.probabilities(embeddings)).data;
  const many = (await wider.probabilities(embeddings)).data;
  assertClose(many.filter((_, at) => at % 2 === 0), few);
  assert.ok(many.every((value, at) => at % 2 === 0 || value < 1e-13));

  const one = await linearProbe(embeddings, labels.map(() => 1), { classNames: names(3) });
  assertClose((await one.probabilities(matrix([Array(8).fill(1e6)]))).data, [0, 1, 0]);
  const none = await linearProbe({ rows: 0, columns: 8, data: new Float32Array(0) }, [], { classNames: names(4) });
  assert.deepEqual([...(await none.probabilities(matrix([Array(8).fill(3)]))).data], [0.25, 0.25, 0.25, 0.25]);
});

Deno.test("a row of weight 0 is as good as left out", async () => {
  const { embeddings, labels } = wavyEmbeddings(two);
  const kept = labels.map((_, item) => item).filter((item) => item % 3 > 0);
  const part = await linearProbe(gatherRows(embeddings, kept), kept.map((item) => labels[item]), {
    classNames: names(3),
  });
  const wild = labels.map((label, item) => item % 3 > 0 ? label : 2);
  const sampleWeights = labels.map((_, item) => item % 3 > 0 ? 1 : 0);
  const weighted = await linearProbe(embeddings, wild, { classNames: names(3), sampleWeights });
  assertClose((await weighted.probabilities(embeddings)).data, (await part.probabilities(embeddings)).data, 1e-5);
});

Deno.test("an offset and a unit of the features change nothing but the unit of the weights", async () => {
  const { embeddings, labels } = wavyEmbeddings(ten);
  const moved = { ...embeddings, data: embeddings.data.map((value) => 100 * value + 5000) };
  const near = await linearProbe(embeddings, labels, { classNames: names(10), c: 1 });
  const far = await linearProbe(moved, labels, { classNames: names(10), c: 1e-4 });
  assertClose((await far.probabilities(moved)).data, (await near.probabilities(embeddings)).data, 1e-3);
});

Deno.test("a warm start takes fewer steps to the same probabilities, and goes on when a class has come up", async () => {
  const { embeddings, labels } = wavyEmbeddings({ ...ten, items: 200 });
  const first = Array.from({ length: 150 }, (_, item) => item).filter((item) => labels[item] !== 7);
  const options = { classCount: 10, c: 10 };
  const before = await logisticRegression(gatherRows(embeddings, first), first.map((item) => labels[item]), options);
  const cold = await logisticRegression(embeddings, labels, options);
  const warm = await logisticRegression(embeddings, labels, { ...options, start: before.weights });
  assertClose(warm.weights, cold.weights, 1e-4);
  const again = await logisticRegression(embeddings, labels, { ...options, start: cold.weights });
  assert.ok(again.steps < cold.steps, `${again.steps} steps after ${cold.steps}`);
  assertClose(again.weights, cold.weights, 1e-6);
});

Deno.test("logisticRegression() says when its steps ran out", async () => {
  const { embeddings, labels } = wavyEmbeddings(ten);
  const { converged, steps } = await logisticRegression(embeddings, labels, { classCount: 10, c: 100, maxSteps: 2 });
  assert.deepEqual({ converged, steps }, { converged: false, steps: 2 });
});

Deno.test("logisticRegression() refuses what it cannot learn from", async () => {
  const features = matrix([[0], [1]]);
  const cases = [
    { data: features, labels: [0], options: { classCount: 2 }, error: /each of 2 labelled rows: current value is 1/ },
    { data: features, labels: [0, 2], options: { classCount: 2 }, error: /in 0…1: current value is 2, in row 1/ },
    {
      data: matrix([[0], [NaN]]),
      labels: [0, 1],
      options: { classCount: 2 },
      error: /finite: current value is NaN, in row 1/,
    },
    { data: features, labels: [0, 1], options: { classCount: 2, c: 0 }, error: /C must be a positive finite number/ },
    {
      data: features,
      labels: [0, 1],
      options: { classCount: 2, sampleWeights: [1] },
      error: /one sample weight for each of 2/,
    },
    {
      data: features,
      labels: [0, 1],
      options: { classCount: 2, sampleWeights: [1, -1] },
      error: /not negative: current value is -1/,
    },
    {
      data: features,
      labels: [0, 1],
      options: { classCount: 2, start: new Float64Array(3) },
      error: /2×2 numbers: current value is 3/,
    },
  ];
  for (const { data, labels, options, error } of cases) {
    await assert.rejects(logisticRegression(data, labels, options), error);
  }
});
