import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AccuracyMatrix,
  avalancheForgetting,
  averageAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  chaudhryForgetting,
  continualMetrics,
  forwardTransfer,
} from "curio";

// By hand. Experience 1 falls 1 → 0.5, after a rise to no more than 1; experience 2 was best before it was learnt last.
const matrix: AccuracyMatrix = {
  accuracies: [
    [0.75, 0.50, 0.25],
    [1.00, 0.75, 0.50],
    [0.50, 0.25, 1.00],
  ],
  untrained: [0.50, 0.25, 0.25],
};

Deno.test("averageAccuracy() is the mean of the last row over what was learnt", () => {
  assert.equal(averageAccuracy(matrix), 1.75 / 3);
  assert.equal(averageAccuracy({ accuracies: matrix.accuracies.slice(0, 2) }), 1.75 / 2);
});

Deno.test("averageIncrementalAccuracy() is the mean over experiences of the average accuracy until then", () => {
  assert.equal(averageIncrementalAccuracy(matrix), (0.75 + 1.75 / 2 + 1.75 / 3) / 3);
});

Deno.test("avalancheForgetting() compares with right after learning, chaudhryForgetting() with the best ever", () => {
  assert.deepEqual(avalancheForgetting(matrix), [0.25, 0.5]);
  assert.deepEqual(chaudhryForgetting(matrix), [0.5, 0.5]);
});

Deno.test("the two forgettings differ where an experience is known best before it is learnt", () => {
  const early = { accuracies: [[1, 0.75, 0], [1, 0.5, 0], [1, 0.25, 1]] };
  assert.deepEqual(avalancheForgetting(early), [0, 0.25]);
  assert.deepEqual(chaudhryForgetting(early), [0, 0.5]);
});

Deno.test("backwardTransfer() and forwardTransfer() are those of Lopez-Paz and Ranzato, equations 3 and 4", () => {
  assert.equal(backwardTransfer(matrix), ((0.50 - 0.75) + (0.25 - 0.75)) / 2);
  assert.equal(forwardTransfer(matrix), ((0.50 - 0.25) + (0.50 - 0.25)) / 2);
});

Deno.test("forgetting and forward transfer give the values of Avalanche's own tests", () => {
  // avalanche/tests/test_metrics.py: Forgetting of 1 then 0.4 is 0.6, ForwardTransfer of the same is −0.6.
  assert.deepEqual(avalancheForgetting({ accuracies: [[1, 0], [0.4, 0]] }), [0.6]);
  assert.equal(forwardTransfer({ accuracies: [[0, 0.4], [0, 0]], untrained: [0, 1] }), -0.6);
});

Deno.test("nothing is forgotten, and nothing transferred, in a stream of one experience", () => {
  assert.deepEqual(continualMetrics({ accuracies: [[0.5]], untrained: [0.25] }), {
    averageAccuracy: 0.5,
    averageIncrementalAccuracy: 0.5,
    avalancheForgetting: NaN,
    chaudhryForgetting: NaN,
    backwardTransfer: NaN,
    forwardTransfer: NaN,
  });
});

Deno.test("measures refuse what is not a matrix of accuracies, and forward transfer a missing start", () => {
  assert.throws(() => averageAccuracy({ accuracies: [[0.5, 1.5]] }), RangeError);
  assert.throws(() => averageAccuracy({ accuracies: [[0.5, 0.5], [0.5]] }), RangeError);
  assert.throws(() => averageAccuracy({ accuracies: [[0.5], [0.5]] }), /as many columns as rows/);
  assert.throws(() => forwardTransfer({ accuracies: [[0.5]] }), /Give `untrained`/);
});

const accuracies = fc.integer({ min: 2, max: 6 }).chain((size) =>
  fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: size, maxLength: size }), {
    minLength: size,
    maxLength: size,
  })
);

Deno.test("backward transfer is minus the mean of Avalanche's forgetting, which is never above Chaudhry's", () => {
  fc.assert(fc.property(accuracies, (accuracies) => {
    const [avalanche, chaudhry] = [avalancheForgetting({ accuracies }), chaudhryForgetting({ accuracies })];
    assert.ok(avalanche.every((lost, j) => lost <= chaudhry[j]));
    const metrics = continualMetrics({ accuracies });
    assert.equal(
      metrics.backwardTransfer,
      metrics.avalancheForgetting === 0 ? metrics.backwardTransfer : -metrics.avalancheForgetting,
    );
  }));
});
