import assert from "node:assert/strict";
import { tf } from "curio";
import {
  type OptimizerName,
  optimizerOf,
  type OptimizerOptions,
  slotsOf,
  update,
} from "../../lib/training/optimizers.ts";

const gradients = [[0.5, -1], [-0.25, 2], [1, 0.125]];

/** Three updates of the weight [[1, −2]] with learning rate 0.1. */
function afterThreeSteps(options: OptimizerOptions): Float32Array {
  const optimizer = optimizerOf(options);
  return tf.tidy(() => {
    let weight: tf.Tensor = tf.tensor2d([[1, -2]]);
    let slots: tf.Tensor[] = slotsOf(optimizer).map(() => tf.zerosLike(weight));
    gradients.forEach((row, index) => {
      const gradient = tf.tensor2d([row]);
      ({ weight, slots } = update(optimizer, { weight, gradient, slots, learningRate: 0.1, step: index + 1 }));
    });
    return weight.dataSync<"float32">();
  });
}

// The algorithms of PyTorch's documentation (torch.optim.SGD, Adam, AdamW), computed in float64 with NumPy.
const expected: Record<OptimizerName, { plain: number[]; decayed: number[] }> = {
  sgd: { plain: [0.875, -2.1125], decayed: [0.846044, -2.053088] },
  momentum: { plain: [0.812, -2.1215], decayed: [0.758024, -2.012048] },
  nesterov: { plain: [0.7058, -2.22185], decayed: [0.630906146, -2.066647292] },
  adam: { plain: [0.8075551396770898, -1.9684337378859402], decayed: [0.7815043998631658, -1.9423614580466217] },
  adamw: { plain: [0.8075551396770898, -1.9684337378859402], decayed: [0.7801104766702113, -1.9106556343413195] },
};

for (const name of Object.keys(expected) as OptimizerName[]) {
  Deno.test(`${name} moves a weight as PyTorch does, with and without weight decay`, () => {
    for (const [weightDecay, values] of [[0, expected[name].plain], [0.1, expected[name].decayed]] as const) {
      const actual = afterThreeSteps({ name, weightDecay });
      // TensorFlow's kernel takes 1 − β₂ in float32, which is 1.3e-5 off; the learning rate here is 0.1.
      values.forEach((value, place) => assert.ok(Math.abs(actual[place] - value) < 2e-6, `${actual} ≠ ${values}`));
    }
  });
}

Deno.test("update() leaves biases and normalisation weights out of weight decay, unless told otherwise", () => {
  const moved = (decayBiases: boolean) =>
    tf.tidy(() => {
      const bias = tf.tensor1d([1]);
      const optimizer = optimizerOf({ name: "sgd", weightDecay: 0.5, decayBiases });
      const input = { weight: bias, gradient: tf.zerosLike(bias), slots: [], learningRate: 0.1, step: 1 };
      return update(optimizer, input).weight.dataSync()[0];
    });
  assert.equal(moved(false), 1);
  assert.ok(Math.abs(moved(true) - 0.95) < 1e-6);
});

Deno.test("update() leaves nothing behind but what it returns", () => {
  const before = tf.memory().numTensors;
  const optimizer = optimizerOf("adamw");
  const [weight, gradient, first, second] = [1, 2, 3, 4].map(() => tf.ones([2, 2]));
  const updated = update(optimizer, { weight, gradient, slots: [first, second], learningRate: 0.1, step: 1 });
  assert.equal(tf.memory().numTensors, before + 4 + 3);
  tf.dispose([weight, gradient, first, second, updated.weight, updated.slots]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("optimizerOf() refuses unknown names and constants out of range", () => {
  assert.throws(() => optimizerOf("adagrad" as OptimizerName), /one of sgd, .*: current value is "adagrad"/);
  assert.throws(() => optimizerOf({ momentum: 1 }), /momentum must be in \[0, 1\): current value is 1/);
  assert.throws(() => optimizerOf({ weightDecay: -1 }), RangeError);
});
