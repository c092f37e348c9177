import assert from "node:assert/strict";
import { classWeightsOf } from "../../lib/training/class_weights_of.ts";

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, place) =>
    assert.ok(Math.abs(actual[place] - value) <= tolerance, `${actual[place]} ≠ ${value} at ${place}`)
  );
}

Deno.test("classWeightsOf() balances as scikit-learn does", () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2, 2, 0);
  // compute_class_weight("balanced", …) of scikit-learn 1.9
  assertClose(classWeightsOf("balanced", { labels, classes: 3 }), [0.83333333, 1.66666667, 0.83333333]);
  assertClose(classWeightsOf("balanced", { labels, classes: 4 }), [0.83333333, 1.66666667, 0.83333333, 0]);
  assert.deepEqual([...classWeightsOf(undefined, { labels, classes: 2 })], [1, 1]);
  assert.throws(() => classWeightsOf([1, -1, 1], { labels, classes: 3 }), /finite weights of at least 0/);
});
