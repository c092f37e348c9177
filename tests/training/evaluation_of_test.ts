import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluationOf, matrix } from "curio";

const labels = Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2, 2, 0);
const probabilities = matrix([
  [.7, .2, .1],
  [.5, .3, .2],
  [.1, .8, .1],
  [.2, .6, .2],
  [.4, .35, .25],
  [.1, .2, .7],
  [.05, .05, .9],
  [.3, .3, .4],
  [.6, .1, .3],
  [.9, .05, .05],
]);
const classNames = ["a", "b", "c"];

function assertClose(actual: number, expected: number, tolerance = 1e-7): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} ≠ ${expected}`);
}

Deno.test("evaluationOf() agrees with scikit-learn", () => {
  const evaluation = evaluationOf({ labels, probabilities, classNames });
  // accuracy_score, log_loss, confusion_matrix and precision_recall_fscore_support of scikit-learn 1.9.1
  assertClose(evaluation.accuracy, 0.7);
  assertClose(evaluation.loss, 0.7600714477211867);
  assert.deepEqual(evaluation.confusion, [[3, 1, 0], [1, 1, 0], [1, 0, 3]]);
  const expected = [[0.6, 0.75, 0.66666667, 4], [0.5, 0.5, 0.5, 2], [1, 0.75, 0.85714286, 4]];
  evaluation.classes.forEach(({ precision, recall, f1, support }, label) =>
    [precision, recall, f1, support].forEach((value, place) => assertClose(value, expected[label][place], 1e-8))
  );
  assertClose(evaluation.macro.precision, 0.7);
  assertClose(evaluation.macro.recall, 0.6666666666666666);
  assertClose(evaluation.macro.f1, 0.6746031746031745);
  assertClose(evaluation.weighted.precision, 0.74);
  assertClose(evaluation.weighted.recall, 0.7);
  assertClose(evaluation.weighted.f1, 0.7095238095238094);
});

Deno.test("evaluationOf() finds the calibration error of bins counted by hand", () => {
  const { calibrationError, reliability } = evaluationOf({ labels, probabilities, classNames }, { bins: 5 });
  assert.deepEqual(reliability.map(({ count }) => count), [0, 2, 3, 3, 2]);
  const means = [[0, 0], [0.4, 0.5], [1.7 / 3, 2 / 3], [2.2 / 3, 2 / 3], [0.9, 1]];
  reliability.forEach(({ confidence, accuracy }, bin) => {
    assertClose(confidence, means[bin][0]);
    assertClose(accuracy, means[bin][1]);
  });
  assertClose(calibrationError, 0.2 * 0.1 + 0.3 * 0.1 + 0.3 * (0.2 / 3) + 0.2 * 0.1);
});

Deno.test("evaluationOf() gives 0 where a metric would divide by zero, and a finite loss for a sure mistake", () => {
  const { classes, loss } = evaluationOf({
    labels: Int32Array.of(0, 1),
    probabilities: matrix([[1, 0, 0], [1, 0, 0]]),
    classNames,
  });
  assert.deepEqual(classes[1], { className: "b", precision: 0, recall: 0, f1: 0, support: 1 });
  assert.deepEqual(classes[2], { className: "c", precision: 0, recall: 0, f1: 0, support: 0 });
  assertClose(loss, 126 * Math.LN2 / 2);
});

Deno.test("evaluationOf() counts every image once, whatever the predictions", () => {
  const cases = fc.array(fc.tuple(fc.nat(2), fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 9 })))), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(fc.property(cases, fc.integer({ min: 1, max: 20 }), (rows, bins) => {
    const evaluation = evaluationOf({
      labels: Int32Array.from(rows, ([label]) => label),
      probabilities: matrix(rows.map(([, odds]) => odds.map((odd) => odd / odds.reduce((a, b) => a + b)))),
      classNames,
    }, { bins });
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    assert.equal(sum(evaluation.confusion.flat()), rows.length);
    assert.equal(sum(evaluation.reliability.map(({ count }) => count)), rows.length);
    assert.equal(sum(evaluation.classes.map(({ support }) => support)), rows.length);
    assertClose(evaluation.weighted.recall, evaluation.accuracy, 1e-12);
    assert.ok(evaluation.accuracyInterval[0] <= evaluation.accuracy);
    assert.ok(evaluation.accuracyInterval[1] >= evaluation.accuracy);
  }));
});

Deno.test("evaluationOf() refuses logits, foreign labels and sizes that do not match", () => {
  const one = { labels: Int32Array.of(0), classNames };
  assert.throws(() => evaluationOf({ ...one, probabilities: matrix([[3, -1, 0]]) }), /Give probabilities, not logits/);
  assert.throws(() => evaluationOf({ ...one, probabilities: matrix([[1, 0]]) }), /must be 1×3.*is 1×2/);
  assert.throws(
    () => evaluationOf({ ...one, labels: Int32Array.of(3), probabilities: matrix([[1, 0, 0]]) }),
    /label must be in 0…2: current value is 3, image 0/,
  );
  assert.throws(() => evaluationOf({ ...one, labels: new Int32Array(0), probabilities: matrix([]) }), /at least one/);
});
