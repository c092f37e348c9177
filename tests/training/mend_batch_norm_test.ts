import assert from "node:assert/strict";
import { tf } from "curio";
import { mendBatchNorm } from "../../lib/training/mend_batch_norm.ts";

function network(): tf.LayersModel {
  const input = tf.input({ shape: [3, 4, 2] });
  const norm = tf.layers.batchNormalization({
    name: "norm",
    momentum: 0.9,
    epsilon: 1e-3,
    gammaInitializer: tf.initializers.constant({ value: 1.5 }),
    betaInitializer: tf.initializers.constant({ value: -0.25 }),
  });
  return tf.model({ inputs: input, outputs: norm.apply(input) as tf.SymbolicTensor });
}

/** Output, moving statistics and gradients of one training pass over given numbers. */
function trainingPass(model: tf.LayersModel): Float32Array[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(Float32Array.from({ length: 5 * 24 }, (_, place) => Math.sin(place * place)), [5, 3, 4, 2]);
    const weigh = tf.tensor4d(Float32Array.from({ length: 5 * 24 }, (_, place) => Math.cos(3 * place)), [5, 3, 4, 2]);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(
      () => (model.apply(x, { training: true }) as tf.Tensor).mul(weigh).sum() as tf.Scalar,
      variables,
    );
    const gradient = tf.grad((image: tf.Tensor) =>
      (model.apply(image, { training: true }) as tf.Tensor).mul(weigh).sum()
    );
    const parts = [value, ...variables.map(({ name }) => grads[name]), gradient(x), ...model.getWeights()];
    return parts.map((part) => part.dataSync<"float32">());
  });
}

Deno.test("mendBatchNorm() changes no number of a layer in training: output, gradients, moving statistics", () => {
  const tensorsBefore = tf.memory().numTensors;
  const [stock, mended] = [network(), network()];
  const prototype = Object.getPrototypeOf(stock.getLayer("norm"));
  assert.ok(!prototype.mended, "this test must see the stock layer first");
  const expected = trainingPass(stock);
  mendBatchNorm();
  mendBatchNorm();
  const actual = trainingPass(mended);
  expected.forEach((values, part) =>
    values.forEach((value, place) =>
      assert.ok(Math.abs(actual[part][place] - value) < 1e-5, `part ${part}: ${actual[part][place]} ≠ ${value}`)
    )
  );
  stock.dispose();
  mended.dispose();
  assert.equal(tf.memory().numTensors, tensorsBefore);
});

Deno.test("mendBatchNorm() puts a frozen layer to rest: it normalises by its moving statistics and keeps them", () => {
  mendBatchNorm();
  const model = network();
  model.getLayer("norm").trainable = false;
  const [output, ...weights] = tf.tidy(() => {
    const y = model.apply(tf.ones([2, 3, 4, 2]), { training: true }) as tf.Tensor;
    return [y, ...model.getWeights()].map((tensor) => tensor.dataSync<"float32">());
  });
  // Moving mean 0 and variance 1: 1.5·1/√(1 + 0.001) − 0.25
  assert.ok(output.every((value) => Math.abs(value - (1.5 / Math.sqrt(1.001) - 0.25)) < 1e-6));
  assert.deepEqual(weights.map((values) => values[0]), [1.5, -0.25, 0, 1]);
  model.dispose();
});
