import assert from "node:assert/strict";
import { architectureOf, cifarResnet, modelSummary, Random, tf } from "curio";

const shape = { height: 32, width: 32, channels: 3 };

Deno.test("cifarResnet() has as many weights as the paper says", () => {
  const before = tf.memory().numTensors;
  // He et al. (2016), table 6, in millions.
  for (const [depth, millions] of [[20, 0.27], [32, 0.46], [44, 0.66], [56, 0.85], [110, 1.7]]) {
    const network = cifarResnet({ depth, shape, classes: 10 });
    const trainable = modelSummary(network).reduce((sum, layer) => sum + layer.trainable, 0);
    assert.equal((trainable / 1e6).toFixed(depth === 110 ? 1 : 2), `${millions.toFixed(depth === 110 ? 1 : 2)}`);
    network.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("shortcuts of kind A take every second pixel and add channels of zeros on both sides", () => {
  const network = cifarResnet({ shape, classes: 2, depth: 8 });
  const [subsample, pad] = ["subsample", "pad"].map((name) => network.getLayer(`layer2.0.shortcut.${name}`));
  tf.tidy(() => {
    const x = tf.randomUniform([2, 32, 32, 16], 0, 1, "float32", 1);
    const found = pad.apply(subsample.apply(x)) as tf.Tensor4D;
    const expected = x.stridedSlice([0, 0, 0, 0], [2, 32, 32, 16], [1, 2, 2, 1]).pad([[0, 0], [0, 0], [0, 0], [8, 8]]);
    assert.deepEqual(found.shape, expected.shape);
    assert.equal(found.equal(expected).all().dataSync()[0], 1);
  });
  network.dispose();
});

Deno.test("a CIFAR ResNet takes grey images, odd sizes, and any number of classes", () => {
  const { build, featureLayer, headLayer } = architectureOf("cifar_resnet20_b");
  const network = build({ shape: { height: 45, width: 33, channels: 1 }, classes: 7, random: new Random(2) });
  assert.deepEqual(network.outputShape, [null, 7]);
  assert.deepEqual(network.getLayer(featureLayer).outputShape, [null, 64]);
  assert.deepEqual(network.getLayer(headLayer).outputShape, [null, 7]);
  network.dispose();
});

Deno.test("cifarResnet() refuses depths that are not 6n + 2, small images and two channels", () => {
  const build = (change: object) => cifarResnet({ shape, classes: 10, ...change });
  assert.throws(() => build({ depth: 18 }), /RangeError: .*6n \+ 2.*current value is 18/);
  assert.throws(() => build({ depth: 2 }), /6n \+ 2/);
  assert.throws(() => build({ shape: { ...shape, width: 28 } }), /at least 32 pixels.*32×28/);
  assert.throws(() => build({ shape: { ...shape, channels: 2 } }), /1 or 3 channels/);
});
