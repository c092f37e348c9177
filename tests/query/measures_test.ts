import assert from "node:assert/strict";
import {
  bald,
  consensusEntropy,
  entropy,
  expectedGradientLength,
  leastConfidence,
  margin,
  type Matrix,
  matrix,
  maximumDisagreement,
  meanDisagreement,
  meanStandardDeviation,
  predictiveEntropy,
  topK,
  variationRatio,
  voteEntropy,
} from "curio";
import fc from "fast-check";

/** Rows that sum to 1, some of them with zeros. */
function distributions(columns: number): fc.Arbitrary<Matrix> {
  const row = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })), {
    minLength: columns,
    maxLength: columns,
  })
    .map((weights) => weights.every((weight) => weight === 0) ? weights.map(() => 1) : weights)
    .map((weights) => weights.map((weight) => weight / weights.reduce((sum, other) => sum + other, 0)));
  return fc.array(row, { minLength: 1, maxLength: 12 }).map(matrix);
}

const committees = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.array(fc.array(distributions(columns), { minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 4 })
    .map((members) => {
      const rows = Math.min(...members.map(([member]) => member.rows));
      return members.map(([{ data }]) => ({ rows, columns, data: data.slice(0, rows * columns) }));
    })
);

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  for (let at = 0; at < actual.length; at++) {
    assert.ok(Math.abs(actual[at] - expected[at]) <= tolerance, `${at}: ${actual[at]} is not ${expected[at]}`);
  }
}

Deno.test("entropy() agrees with −Σ p ln p", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 7 }).chain(distributions), (probabilities) => {
    const { rows, columns, data } = probabilities;
    const expected = Array.from({ length: rows }, (_, row) =>
      -data.subarray(row * columns, (row + 1) * columns)
        .reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0));
    near(entropy(probabilities), expected, 1e-8);
  }));
});

Deno.test("entropy() is largest at the uniform distribution, ln C, and nowhere negative", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 7 }).chain(distributions), (probabilities) => {
    for (const value of entropy(probabilities)) {
      assert.ok(value >= 0 && value <= Math.log(probabilities.columns) + 1e-7, `${value}`);
    }
  }));
  for (const classes of [1, 2, 10, 1000]) {
    near(entropy(matrix([Array(classes).fill(1 / classes)])), [Math.log(classes)]);
  }
});

Deno.test("entropy() is exactly 0 for one-hot and zero rows, and NaN where a number is missing or negative", () => {
  const rows = matrix([[0, 1, 0], [0, 0, 0], [NaN, 0.5, 0.5], [0.5, -0.25, 0.75], [-0, 1, 0]]);
  assert.deepEqual([...entropy(rows)], [0, 0, NaN, NaN, 0]);
});

Deno.test("entropy() is good from the smallest probability to 1", () => {
  const values = [1e-44, 1e-38, 1e-20, 1e-6, 0.1, 0.5, 0.9999999, 1].map(Math.fround);
  near(entropy(matrix(values.map((value) => [value]))), values.map((value) => -value * Math.log(value)), 1e-8);
});

Deno.test("entropy() of many numbers is within 1.5e-7 of its size, at every width, and tells zeros and faults apart", () => {
  fc.assert(fc.property(fc.integer({ min: 8, max: 37 }).chain(distributions), (probabilities) => {
    const { rows, columns, data } = probabilities;
    const measured = entropy(probabilities);
    for (let row = 0; row < rows; row++) {
      const values = data.subarray(row * columns, (row + 1) * columns);
      const exact = -values.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
      assert.ok(Math.abs(measured[row] - exact) <= 1.5e-7 * (1 + exact), `${measured[row]} is not ${exact}`);
    }
  }));
  for (const columns of [8, 9, 100, 1003]) {
    const sure = oneHot(3, columns);
    const rows = [
      sure,
      sure.with(0, NaN),
      sure.with(columns - 1, -0.5),
      sure.with(1, -0),
      sure.with(2, 1e-44),
    ];
    const [plain, missing, negative, negativeZero, smallest] = entropy(matrix(rows));
    assert.deepEqual([plain, missing, negative, negativeZero], [0, NaN, NaN, 0]);
    assert.ok(smallest >= 0 && smallest < 1e-40);
    near(entropy(matrix([Array(columns).fill(1 / columns)])), [Math.log(columns)]);
  }
});

Deno.test("normalised least confidence and entropy reach from 0 to 1 whatever the number of classes", () => {
  for (const classes of [2, 3, 100]) {
    const rows = matrix([Array(classes).fill(1 / classes), [1, ...Array(classes - 1).fill(0)]]);
    near(leastConfidence(rows, { normalised: true }), [1, 0]);
    near(entropy(rows, { normalised: true }), [1, 0]);
  }
  const single = matrix([[1]]);
  assert.deepEqual([...leastConfidence(single, { normalised: true }), ...entropy(single, { normalised: true })], [
    0,
    0,
  ]);
});

Deno.test("least confidence, margin and entropy rank alike for two classes", () => {
  const halves = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 20 });
  fc.assert(fc.property(halves, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (values, flips) => {
    const rows = matrix(values.map((value, index) => {
      const sure = 0.5 + value / 1001;
      return flips[index] ? [sure, 1 - sure] : [1 - sure, sure];
    }));
    const order = topK(leastConfidence(rows), rows.rows);
    assert.deepEqual(topK(margin(rows), rows.rows, { largest: false }), order);
    assert.deepEqual(topK(entropy(rows), rows.rows), order);
  }));
});

Deno.test("margin() is the gap between the two largest, wherever they stand", () => {
  near(margin(matrix([[0.1, 0.3, 0.6], [0.6, 0.1, 0.3], [0.3, 0.6, 0.1], [0.4, 0.4, 0.2], [0, 0, 0]])), [
    0.3,
    0.3,
    0.3,
    0,
    0,
  ]);
  assert.deepEqual([...margin(matrix([[1], [0.2]]))], [0, 0]);
  assert.deepEqual([...margin(matrix([[0.9, 0.05, NaN]]))], [NaN]);
});

Deno.test("a row with NaN anywhere measures NaN, and others are as without it", () => {
  const rows = [matrix([[0.5, NaN], [0.25, 0.75]]), matrix([[0.5, 0.5], [0.75, 0.25]])];
  for (
    const measure of [
      bald,
      predictiveEntropy,
      meanStandardDeviation,
      variationRatio,
      voteEntropy,
      consensusEntropy,
      maximumDisagreement,
      meanDisagreement,
    ]
  ) {
    const [spoilt, whole] = measure(rows);
    assert.ok(Number.isNaN(spoilt), `${measure.name} of NaN is ${spoilt}`);
    assert.equal(whole, measure(rows.map((member) => ({ rows: 1, columns: 2, data: member.data.slice(2) })))[0]);
  }
  assert.ok(Number.isNaN(leastConfidence(rows[0])[0]));
});

Deno.test("BALD is the mean disagreement, never negative and never above ln of passes or classes", () => {
  fc.assert(fc.property(committees, (passes) => {
    const information = bald(passes);
    near(information, meanDisagreement(passes));
    const most = Math.log(Math.min(passes.length, passes[0].columns)) + 1e-7;
    for (const value of information) assert.ok(value >= 0 && value <= most, `${value}`);
  }));
});

Deno.test("members that agree disagree by nothing, whatever they say", () => {
  fc.assert(fc.property(distributions(3), (member) => {
    const members = [member, member, member];
    for (const measure of [bald, meanStandardDeviation, variationRatio, voteEntropy, maximumDisagreement]) {
      near(measure(members), new Float64Array(member.rows), 1e-7);
    }
    near(consensusEntropy(members), entropy(member));
  }));
});

Deno.test("the mean disagreement lies between nothing and the largest", () => {
  fc.assert(fc.property(committees, (members) => {
    const largest = maximumDisagreement(members);
    meanDisagreement(members).forEach((mean, row) => assert.ok(mean >= 0 && mean <= largest[row] + 1e-12));
  }));
});

Deno.test("a tied vote goes to the first class, as argmax has it", () => {
  assert.deepEqual([...variationRatio([matrix([[0.5, 0.5]]), matrix([[1, 0]])])], [0]);
});

Deno.test("opinions of different shapes, or none at all, are refused", () => {
  for (const measure of [bald, voteEntropy, maximumDisagreement, meanStandardDeviation]) {
    assert.throws(() => measure([]), /at least one member or pass: current value is 0/);
    assert.throws(
      () => measure([matrix([[1]]), matrix([[0.5, 0.5]])]),
      /shape of the first, 1 × 1: current value is 1 × 2/,
    );
  }
});

Deno.test("expectedGradientLength() is the expected norm of the outer product of error and embedding", () => {
  const probabilities = matrix([[0.2, 0.3, 0.5], [1, 0, 0]]);
  const embeddings = matrix([[1, -2], [3, 4]]);
  const expected = [0, 1].map((row) => {
    const p = probabilities.data.subarray(row * 3, row * 3 + 3);
    const h = embeddings.data.subarray(row * 2, row * 2 + 2);
    const lengthOf = (answer: number, inputs: readonly number[]) =>
      Math.hypot(
        ...[...p].flatMap((value, label) => inputs.map((input) => (value - (label === answer ? 1 : 0)) * input)),
      );
    return [[...h], [...h, 1]].map((inputs) =>
      [...p].reduce((sum, value, answer) => sum + value * lengthOf(answer, inputs), 0)
    );
  });
  near(expectedGradientLength(probabilities, { embeddings }), expected.map(([plain]) => plain));
  near(expectedGradientLength(probabilities, { embeddings, bias: true }), expected.map(([, biased]) => biased));
  assert.throws(
    () => expectedGradientLength(probabilities, { embeddings: matrix([[1]]) }),
    /one embedding for each of 2 rows: current value is 1/,
  );
});

Deno.test("measures of no rows are empty", () => {
  const nothing = { rows: 0, columns: 3, data: new Float32Array(0) };
  assert.equal(entropy(nothing).length + margin(nothing).length + leastConfidence(nothing).length, 0);
  assert.equal(bald([nothing]).length, 0);
});

Deno.test("a measure reads a matrix that is a view into a larger buffer", () => {
  const buffer = new Float32Array([9, 9, 9, 0.5, 0.5, 1, 0]).subarray(3);
  near(entropy({ rows: 2, columns: 2, data: buffer }), [Math.LN2, 0]);
});

Deno.test("measures agree with the cases of scikit-activeml's tests", () => {
  const rows = matrix([[0.2, 0.5, 0.3], [0.1, 0.7, 0.2]]);
  near(leastConfidence(rows), [0.5, 0.3]);
  near(entropy(rows), [1.029653014, 0.8018185525]);
  near(margin(rows).map((gap) => 1 - gap), [0.8, 0.5]);
  const committee = [matrix([[0.3, 0.7], [0.4, 0.6]]), matrix([[0.2, 0.8], [0.5, 0.5]])];
  near(meanDisagreement(committee), [0.00670178182226764, 0.005059389928987596]);
  const votes = [[0, 0, 2], [1, 0, 2], [2, 1, 2]].map((labels) => matrix(labels.map((label) => oneHot(label, 3))));
  near(voteEntropy(votes), [Math.log(3), 2 / 3 * Math.log(3 / 2) + 1 / 3 * Math.log(3), 0]);
});

Deno.test("measures agree with the cases of modAL's tests, rows that sum to anything included", () => {
  for (const share of [0, 0.1, 0.5, 1]) {
    for (const classes of [1, 2, 9, 30]) {
      const alike = matrix([Array(classes).fill(share)]);
      near(leastConfidence(alike), [1 - share]);
      near(margin(alike), [0]);
      const rising = matrix([Array.from({ length: classes }, (_, label) => share * (label + 1))]);
      near(margin(rising), [classes === 1 ? 0 : share]);
    }
  }
  for (let classes = 1; classes < 20; classes++) {
    assert.deepEqual([...entropy(matrix([oneHot(classes >> 1, classes)]))], [0]);
    // One vote for each class, as `vote_entropy` is tried on.
    const members = Array.from({ length: classes }, (_, label) => matrix([oneHot(label, classes)]));
    near(voteEntropy(members), [Math.log(classes)]);
    near(maximumDisagreement([members[0], members[0]]), [0]);
    near(consensusEntropy(members), [Math.log(classes)]);
  }
});

function oneHot(label: number, classes: number): number[] {
  return Array(classes).fill(0).with(label, 1);
}
