import { architectureOf, cnn, engineSupport, Random, tf } from "curio";
import { assertEnginesAgree } from "./agreement.ts";

const ignore = !engineSupport().available;
const { layers } = tf;

function resnet20(): tf.LayersModel {
  const shape = { height: 32, width: 32, channels: 3 };
  return architectureOf("cifar_resnet20_b").build({ shape, classes: 10, random: new Random(1) });
}

/** MobileNetV2's inverted residual (Sandler et al., 2018), with EfficientNet's squeeze and excitation in the middle. */
function invertedResidual(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const apply = (value: tf.SymbolicTensor | tf.SymbolicTensor[], ...list: tf.layers.Layer[]) =>
    list.reduce((input, layer) => layer.apply(input) as tf.SymbolicTensor, value as tf.SymbolicTensor);
  const channels = x.shape[3] as number;
  const wide = apply(
    x,
    layers.conv2d({ filters: 3 * channels, kernelSize: 1, useBias: false }),
    layers.batchNormalization(),
    layers.reLU({ maxValue: 6 }),
    layers.depthwiseConv2d({ kernelSize: 3, padding: "same", useBias: false }),
    layers.batchNormalization(),
    layers.activation({ activation: "swish" as "relu" }),
  );
  const gate = apply(
    wide,
    layers.globalAveragePooling2d({}),
    layers.reshape({ targetShape: [1, 1, 3 * channels] }),
    layers.conv2d({ filters: 2, kernelSize: 1, activation: "swish" as "relu" }),
    layers.conv2d({ filters: 3 * channels, kernelSize: 1, activation: "sigmoid" }),
  );
  const narrow = apply(
    layers.multiply().apply([wide, gate]) as tf.SymbolicTensor,
    layers.conv2d({ filters: channels, kernelSize: 1, useBias: false }),
    layers.batchNormalization(),
  );
  return layers.add().apply([x, narrow]) as tf.SymbolicTensor;
}

const built: Readonly<Record<string, () => tf.LayersModel>> = {
  "the CNN": () => cnn({ shape: { height: 28, width: 28, channels: 1 }, classes: 10, random: new Random(1) }),
  "ResNet-20": resnet20,
  "inverted residuals with squeeze and excitation": () => {
    const input = tf.input({ shape: [9, 9, 3] });
    const stem = layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }).apply(input);
    const pooled = layers.globalAveragePooling2d({}).apply(invertedResidual(stem as tf.SymbolicTensor));
    const logits = layers.dense({ units: 3, name: "logits" }).apply(pooled) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: logits });
  },
  "a small VGG": () =>
    tf.sequential({
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu", inputShape: [16, 16, 3] }),
        layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu" }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 16, activation: "relu" }),
        layers.dense({ units: 3, name: "logits" }),
      ],
    }),
};

for (const [name, build] of Object.entries(built)) {
  for (const optimizer of ["sgd", "momentum"] as const) {
    Deno.test({
      name: `compiled and eager agree on ${name}, several steps of ${optimizer}`,
      ignore,
      fn: () =>
        assertEnginesAgree(build(), { optimizer: { name: optimizer }, learningRate: 0.0001, batches: [8, 8, 5] }),
    });
  }
}

Deno.test({
  name: "compiled and eager agree on ResNet-20 with a frozen trunk",
  ignore,
  async fn() {
    const network = resnet20();
    for (const layer of network.layers) layer.trainable = layer.name === "linear";
    await assertEnginesAgree(network, { optimizer: { name: "momentum" }, featureLayer: "avgpool" });
  },
});

Deno.test({
  name: "compiled and eager agree on batch norms in a network inside one, frozen as a whole",
  ignore,
  async fn() {
    const inner = tf.sequential({
      layers: [
        layers.conv2d({ name: "inner_conv", filters: 4, kernelSize: 3, inputShape: [6, 6, 3] }),
        layers.batchNormalization({ name: "inner_norm" }),
      ],
    });
    inner.trainable = false;
    const input = tf.input({ shape: [6, 6, 3] });
    const flat = layers.flatten().apply(inner.apply(input));
    const logits = layers.dense({ units: 3, name: "logits" }).apply(flat) as tf.SymbolicTensor;
    await assertEnginesAgree(tf.model({ inputs: input, outputs: logits }));
  },
});

Deno.test({
  name:
    "compiled and eager agree on a frozen stem: batch norm in the convolution, a padded pooling, trained layers behind",
  ignore,
  async fn() {
    const stem = [
      layers.conv2d({ name: "frozen_conv", filters: 4, kernelSize: 3, useBias: false, inputShape: [10, 9, 3] }),
      layers.batchNormalization({ name: "frozen_norm" }),
      layers.reLU(),
      layers.zeroPadding2d({ padding: 1 }),
      layers.maxPooling2d({ poolSize: 3, strides: 2 }),
    ];
    const network = tf.sequential({
      layers: [
        ...stem,
        layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
        layers.zeroPadding2d({ padding: 1 }),
        layers.maxPooling2d({ poolSize: 3, strides: 2 }),
        layers.flatten(),
        layers.dense({ units: 3, name: "logits" }),
      ],
    });
    for (const layer of stem) layer.trainable = false;
    await assertEnginesAgree(network, { optimizer: { name: "momentum" }, batches: [8, 3] });
  },
});
