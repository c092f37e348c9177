import assert from "node:assert/strict";
import { tf } from "curio";
import { softmaxCrossEntropy } from "../../lib/training/softmax_cross_entropy.ts";
import { targetRows } from "../../lib/training/target_rows.ts";

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, place) =>
    assert.ok(Math.abs(actual[place] - value) <= tolerance, `${actual[place]} ≠ ${value} at ${place}`)
  );
}

Deno.test("softmaxCrossEntropy() gives −log softmax at the label", () => {
  const before = tf.memory().numTensors;
  const losses = tf.tidy(() =>
    softmaxCrossEntropy(tf.tensor2d([[1, 2, 3], [-1, 0, 4]]), tf.tensor2d([[0, 0, 1], [1, 0, 0]])).dataSync()
  );
  assertClose(losses, [0.4076059644443803, 5.024744890138822]); // NumPy
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("softmaxCrossEntropy() with smoothed labels, and its gradient softmax − target", () => {
  const smoothed = targetRows([2, 0], { classes: 3, labelSmoothing: 0.1 });
  const [losses, gradient] = tf.tidy(() => {
    const targets = tf.tensor2d(smoothed, [2, 3]);
    const { value, grad } = tf.valueAndGrad((z: tf.Tensor) => softmaxCrossEntropy(z as tf.Tensor2D, targets).sum())(
      tf.tensor2d([[1, 2, 3], [-1, 0, 4]]),
    );
    return [value.dataSync(), grad.dataSync()];
  });
  // NumPy: targets 0.9·one-hot + 0.1/3
  assertClose(losses, [0.5076059644443803 + 4.824744890138823], 2e-6);
  assertClose(gradient, [
    ...[0.05669723983704713, 0.21139513772146434, -0.26809237755851145],
    ...[-0.9267600701480243, -0.01546535146302883, 0.9422254216110532],
  ]);
});

Deno.test("softmaxCrossEntropy() stays exact for logits of ±10,000", () => {
  const losses = tf.tidy(() =>
    softmaxCrossEntropy(tf.tensor2d([[1e4, -1e4], [1e4, -1e4]]), tf.tensor2d([[1, 0], [0, 1]])).dataSync()
  );
  assert.deepEqual([...losses], [0, 2e4]);
});
