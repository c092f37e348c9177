import assert from "node:assert/strict";
import { cnn, type CnnOptions, modelSummary, Random, tf } from "curio";

const shape = { height: 28, width: 28, channels: 1 };

function network(options: Partial<CnnOptions> = {}): tf.LayersModel {
  return cnn({ shape, classes: 10, random: new Random(1), ...options });
}

Deno.test("cnn() by default is two blocks and a dense layer; modelSummary() counts its parameters", () => {
  const before = tf.memory().numTensors;
  const model = network();
  assert.deepEqual(modelSummary(model), [
    { layer: "images", kind: "InputLayer", output: "28 × 28 × 1", parameters: 0, trainable: 0 },
    { layer: "conv1", kind: "Conv2D", output: "28 × 28 × 32", parameters: 320, trainable: 320 }, // 3·3·1·32 + 32
    { layer: "pool1", kind: "MaxPooling2D", output: "14 × 14 × 32", parameters: 0, trainable: 0 },
    { layer: "conv2", kind: "Conv2D", output: "14 × 14 × 64", parameters: 18_496, trainable: 18_496 }, // 3·3·32·64 + 64
    { layer: "pool2", kind: "MaxPooling2D", output: "7 × 7 × 64", parameters: 0, trainable: 0 },
    { layer: "flatten", kind: "Flatten", output: "3136", parameters: 0, trainable: 0 },
    { layer: "features", kind: "Dense", output: "128", parameters: 401_536, trainable: 401_536 }, // 3136·128 + 128
    { layer: "logits", kind: "Dense", output: "10", parameters: 1290, trainable: 1290 },
  ]);
  model.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("cnn() builds what it is asked for: blocks, kernels, batch norm, dropout, dense layers", () => {
  const model = network({
    shape: { height: 32, width: 30, channels: 3 },
    filters: [4, 6, 8],
    kernelSize: [5, 3, 1],
    convolutionsPerBlock: 2,
    batchNorm: true,
    convDropout: 0.1,
    denseUnits: [12, 7],
    denseDropout: 0.5,
    classes: 4,
  });
  assert.deepEqual(model.layers.slice(1, 9).map(({ name }) => name), [
    ...["conv1_1", "conv1_1_norm", "conv1_1_relu", "conv1_2", "conv1_2_norm", "conv1_2_relu", "pool1", "dropout1"],
  ]);
  assert.deepEqual(model.layers.slice(-6).map(({ name }) => name), [
    ...["flatten", "dense1", "dense1_dropout", "features", "features_dropout", "logits"],
  ]);
  assert.deepEqual(model.getLayer("conv1_2").getWeights()[0].shape, [5, 5, 4, 4]);
  assert.deepEqual(model.getLayer("pool3").outputShape, [null, 4, 4, 8]); // 32 → 16 → 8 → 4; 30 → 15 → 8 → 4
  assert.deepEqual(model.getLayer("features").outputShape, [null, 7]);
  assert.deepEqual(model.outputShape, [null, 4]);
  model.dispose();
});

Deno.test("cnn() without dense layers keeps a feature layer: the flattened last block", () => {
  const model = network({ denseUnits: [] });
  assert.deepEqual(model.getLayer("features").outputShape, [null, 3136]);
  model.dispose();
});

Deno.test("cnn() draws the same weights from the same seed, He's before a ReLU", () => {
  const kernels = (seed: number) => {
    const model = network({ random: new Random(seed) });
    const values = model.layers.flatMap((layer) => layer.getWeights().map((weight) => weight.dataSync<"float32">()));
    model.dispose();
    return values;
  };
  const first = kernels(1);
  assert.deepEqual(kernels(1), first);
  assert.notDeepEqual(kernels(2)[0], first[0]);
  const features = first[4];
  const deviation = Math.sqrt(features.reduce((sum, weight) => sum + weight ** 2, 0) / features.length);
  // √(2 / 3136) times 0.88, the deviation of a normal distribution that is cut at two deviations.
  assert.ok(Math.abs(deviation / (Math.sqrt(2 / 3136) * 0.8796) - 1) < 0.01, `${deviation}`);
});

Deno.test("cnn() refuses sizes that make no network", () => {
  assert.throws(() => network({ filters: [8, 0] }), /filters must be made of positive integers: current value is 8,0/);
  assert.throws(() => network({ kernelSize: [3] }), /one kernel size for each of the 2 blocks: current value is \[3\]/);
  assert.throws(() => network({ classes: 1.5 }), RangeError);
  assert.throws(() => network({ convolutionsPerBlock: 0 }), RangeError);
  assert.throws(() => network({ denseDropout: 1 }), RangeError);
});
