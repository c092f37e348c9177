import assert from "node:assert/strict";
import { tf } from "curio";
import { applyEagerRemedies } from "../../lib/training/apply_eager_remedies.ts";

Deno.test("applyEagerRemedies() leaves ReLU's gradient as it is: dy where x is above 0, else 0", () => {
  const before = tf.memory().numTensors;
  applyEagerRemedies();
  applyEagerRemedies();
  const gradient = tf.tidy(() =>
    tf.grad((x: tf.Tensor) => tf.relu(x).mul(tf.tensor1d([1, 2, 3, 4])).sum())(tf.tensor1d([-1, 0, 0.5, 7])).dataSync()
  );
  assert.deepEqual([...gradient], [0, 0, 3, 4]);
  assert.equal(tf.memory().numTensors, before);
});
