import assert from "node:assert/strict";
import { architectureOf, Random, replaceHead, tf } from "curio";

const shape = { height: 32, width: 32, channels: 3 };

Deno.test("replaceHead() keeps the trunk and its name, and gives back all memory with the network", () => {
  const before = tf.memory().numTensors;
  const random = new Random(1);
  const network = architectureOf("cifar_resnet20").build({ shape, classes: 10, random });
  const images = tf.randomUniform([2, 32, 32, 3], 0, 1, "float32", 5);
  const featuresOf = (model: tf.LayersModel) =>
    tf.tidy(() => {
      const trunk = tf.model({ inputs: model.inputs, outputs: model.getLayer("avgpool").output });
      return (trunk.predict(images) as tf.Tensor).dataSync();
    });
  const features = featuresOf(network);
  const other = replaceHead(network, { classes: 3, random: random.child("head") });
  assert.deepEqual([other.name, other.outputShape], ["cifar_resnet20", [null, 3]]);
  assert.deepEqual(other.getLayer("linear").weights.map(({ shape }) => shape), [[64, 3], [3]]);
  assert.deepEqual(featuresOf(other), features);
  other.dispose();
  images.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("replaceHead() refuses a network that does not end in a dense layer", () => {
  const input = tf.input({ shape: [4, 4, 1] });
  const network = tf.model({ inputs: input, outputs: tf.layers.flatten().apply(input) as tf.SymbolicTensor });
  assert.throws(() => replaceHead(network, { classes: 3, random: new Random(1) }), TypeError);
});
