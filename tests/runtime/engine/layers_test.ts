import { engineSupport, tf } from "curio";
import { assertEnginesAgree } from "./agreement.ts";
import { AdaptiveAveragePooling } from "../../../lib/models/adaptive_average_pooling.ts";
import { ChannelMap } from "../../../lib/models/channel_map.ts";
import { SeededDropout } from "../../../lib/training/seeded_dropout.ts";

const ignore = !engineSupport().available;
const { layers } = tf;

/** A network around what is tested: odd sizes in, three logits out. */
function around(
  middle: (x: tf.SymbolicTensor) => tf.SymbolicTensor,
  shape: [number, number, number] = [7, 6, 3],
): tf.LayersModel {
  const input = tf.input({ shape });
  const output = middle(input);
  const flat = output.shape.length > 2 ? layers.flatten().apply(output) : output;
  const logits = layers.dense({ units: 3, name: "logits" }).apply(flat) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });
}

const chain = (...list: tf.layers.Layer[]) => (x: tf.SymbolicTensor): tf.SymbolicTensor =>
  list.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x);

function agrees(name: string, build: () => tf.LayersModel): void {
  Deno.test({ name: `compiled and eager agree: ${name}`, ignore, fn: () => assertEnginesAgree(build()) });
}

for (const padding of ["same", "valid"] as const) {
  for (const strides of [1, 2, [1, 2]] as (number | [number, number])[]) {
    agrees(
      `conv2d 3×2, ${padding}, strides ${strides}`,
      () => around(chain(layers.conv2d({ filters: 4, kernelSize: [3, 2], padding, strides, activation: "relu" }))),
    );
    agrees(
      `max pooling 3×2, ${padding}, strides ${strides}`,
      () => around(chain(layers.maxPooling2d({ poolSize: [3, 2], padding, strides: strides as number }))),
    );
    agrees(
      `average pooling 2×3, ${padding}, strides ${strides}`,
      () => around(chain(layers.averagePooling2d({ poolSize: [2, 3], padding, strides: strides as number }))),
    );
  }
  for (const strides of [1, 2]) {
    agrees(
      `depthwise conv 3×3, ${padding}, strides ${strides}`,
      () => around(chain(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding, strides }))),
    );
    agrees(
      `separable conv 3×3, ${padding}, strides ${strides}`,
      () => around(chain(layers.separableConv2d({ filters: 5, kernelSize: 3, padding, strides, depthMultiplier: 2 }))),
    );
  }
}
agrees(
  "conv2d without bias, 1×1, stride 2",
  () => around(chain(layers.conv2d({ filters: 4, kernelSize: 1, strides: 2, useBias: false }))),
);
agrees(
  "conv2d on one pixel",
  () => around(chain(layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" })), [1, 1, 1]),
);
agrees("conv transposed is not known", () => around(chain(layers.conv2d({ filters: 4, kernelSize: 3 }))));
agrees("dense on images", () => around(chain(layers.dense({ units: 4, activation: "tanh" }))));
agrees(
  "dense on vectors, without bias",
  () => around(chain(layers.flatten(), layers.dense({ units: 4, activation: "relu", useBias: false }))),
);
agrees(
  "batch norm on images",
  () => around(chain(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-3 }), layers.reLU())),
);
agrees(
  "batch norm on vectors",
  () => around(chain(layers.flatten(), layers.dense({ units: 5, useBias: false }), layers.batchNormalization())),
);
for (const kind of ["conv2d", "separableConv2d"] as const) {
  agrees(`batch norm folded into ${kind}`, () =>
    around(chain(
      layers[kind]({ filters: 4, kernelSize: 3, padding: "same", useBias: false }),
      layers.batchNormalization(),
      layers.activation({ activation: "relu" }),
    )));
}
agrees(
  "batch norm folded into depthwise conv",
  () =>
    around(
      chain(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, useBias: false }), layers.batchNormalization()),
    ),
);
agrees(
  "batch norm behind an activation, which cannot be folded",
  () => around(chain(layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }), layers.batchNormalization())),
);
agrees("layer norm", () => around(chain(layers.layerNormalization({ epsilon: 1e-3 }))));
agrees(
  "layer norm over all of an image",
  () => around(chain(layers.layerNormalization({ axis: [1, 2, 3] }))),
);
for (const padding of ["same", "valid"] as const) {
  agrees(
    `max pooling, ${padding}, behind the ReLU of a convolution and behind a ReLU layer`,
    () =>
      around(chain(
        layers.conv2d({ filters: 4, kernelSize: 2, activation: "relu" }),
        layers.maxPooling2d({ poolSize: 2, strides: 1, padding }),
        layers.batchNormalization(),
        layers.reLU(),
        layers.maxPooling2d({ poolSize: 3, strides: 2, padding }),
      )),
  );
}
for (
  const [what, activation, padding] of [
    ["a ReLU", "relu", [[1, 2], [0, 1]]],
    ["a ReLU, more than the window", "relu", [[3, 0], [0, 4]]],
    ["what may be negative", "tanh", [[1, 1], [1, 1]]],
  ] as const
) {
  agrees(`max pooling behind zeros around ${what}`, () =>
    around(chain(
      layers.conv2d({ filters: 4, kernelSize: 2 }),
      layers.activation({ activation: "linear" }),
      activation === "relu" ? layers.reLU() : layers.activation({ activation }),
      layers.zeroPadding2d({ padding: padding.map((pair) => [...pair]) as [[number, number], [number, number]] }),
      layers.maxPooling2d({ poolSize: 3, strides: 2 }),
    )));
}
agrees("global average pooling", () => around(chain(layers.globalAveragePooling2d({}))));
agrees(
  "global max pooling",
  () => around(chain(layers.conv2d({ filters: 4, kernelSize: 2 }), layers.globalMaxPooling2d({}))),
);
agrees("zero padding and cropping", () =>
  around(chain(
    layers.zeroPadding2d({ padding: [[1, 2], [0, 3]] }),
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.cropping2D({ cropping: [[1, 0], [2, 1]] }),
  )));
for (const interpolation of ["nearest", "bilinear"] as const) {
  agrees(
    `up-sampling, ${interpolation}`,
    () =>
      around(chain(layers.conv2d({ filters: 2, kernelSize: 2 }), layers.upSampling2d({ size: [2, 3], interpolation }))),
  );
}
agrees(
  "reshape and permute",
  () => around(chain(layers.reshape({ targetShape: [3, 21, 2] }), layers.permute({ dims: [3, 1, 2] }))),
);
agrees(
  "repeat vector",
  () => around(chain(layers.flatten(), layers.dense({ units: 2 }), layers.repeatVector({ n: 3 }))),
);
agrees("rescaling", () => around(chain(layers.rescaling({ scale: 0.5, offset: -0.25 }))));

const activations = [
  ..."elu hardSigmoid linear relu relu6 selu sigmoid softmax softplus softsign tanh logSoftmax swish mish gelu".split(
    " ",
  ),
  "gelu_new",
];
for (const activation of activations) {
  agrees(
    `activation ${activation}`,
    () => around(chain(layers.dense({ units: 4 }), layers.activation({ activation: activation as "relu" }))),
  );
}
agrees("activation layers with parameters", () =>
  around(chain(
    layers.conv2d({ filters: 4, kernelSize: 2 }),
    layers.leakyReLU({ alpha: 0.2 }),
    layers.elu(),
    layers.prelu(),
    layers.reLU({ maxValue: 6 }),
    layers.reLU({ maxValue: 2.5 }),
    layers.softmax({ axis: -1 }),
  )));

agrees("branches: add, multiply, maximum, minimum, average, concatenate", () =>
  around((x) => {
    const branch = () => layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x) as tf.SymbolicTensor;
    const [a, b, c] = [branch(), branch(), branch()];
    const merged = [
      layers.add().apply([a, b, c]),
      layers.multiply().apply([a, b]),
      layers.maximum().apply([b, c]),
      layers.minimum().apply([a, c]),
      layers.average().apply([a, b, c]),
      x,
    ] as tf.SymbolicTensor[];
    return layers.concatenate().apply(merged) as tf.SymbolicTensor;
  }));
agrees("a residual block whose batch norms are folded around the addition", () =>
  around((x) => {
    const conv = (y: tf.SymbolicTensor) =>
      chain(
        layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", useBias: false }),
        layers.batchNormalization({ epsilon: 1e-5 }),
      )(y);
    const inner = conv(layers.reLU().apply(conv(x)) as tf.SymbolicTensor);
    return layers.reLU().apply(layers.add().apply([inner, x])) as tf.SymbolicTensor;
  }));
agrees("a layer that is applied twice, and one whose output is taken twice", () =>
  around((x) => {
    const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" });
    const once = shared.apply(x) as tf.SymbolicTensor;
    const normal = layers.batchNormalization().apply(once) as tf.SymbolicTensor;
    return layers.concatenate().apply([shared.apply(once), normal, once] as tf.SymbolicTensor[]) as tf.SymbolicTensor;
  }));
agrees("networks inside a network, sequential and functional", () => {
  const inner = tf.sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", useBias: false, inputShape: [7, 6, 3] }),
      layers.batchNormalization(),
    ],
  });
  const input = tf.input({ shape: [7, 6, 3] });
  const outer = tf.model({
    inputs: input,
    outputs: layers.add().apply([inner.apply(input), input] as tf.SymbolicTensor[]) as tf.SymbolicTensor,
  });
  return tf.sequential({ layers: [outer, layers.flatten(), layers.dense({ units: 3, name: "logits" })] });
});
agrees(
  "a convolution that is applied twice, with a batch norm of its own behind each",
  () =>
    around((x) => {
      const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", useBias: false });
      const normal = (y: tf.SymbolicTensor) => chain(shared, layers.batchNormalization())(y);
      return layers.add().apply([normal(x), normal(layers.reLU().apply(x) as tf.SymbolicTensor)]) as tf.SymbolicTensor;
    }),
);
agrees("seeded dropout, with the same masks", () =>
  around(chain(
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    new SeededDropout({ rate: 0.3 }),
    layers.flatten(),
    layers.dense({ units: 8, activation: "relu" }),
    new SeededDropout({ rate: 0.5 }),
  )));
agrees("L1 and L2 regularisers", () =>
  around(chain(
    layers.conv2d({
      filters: 4,
      kernelSize: 3,
      kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      biasRegularizer: tf.regularizers.l1({ l1: 0.02 }),
    }),
    layers.batchNormalization({ gammaRegularizer: "l1l2" }),
    layers.depthwiseConv2d({ kernelSize: 2, depthwiseRegularizer: tf.regularizers.l1l2({ l1: 0.01, l2: 0.03 }) }),
  )));
agrees("channels made of channels", () =>
  around(chain(
    new ChannelMap({ sources: [2, 0, 2, 1], scale: [1, 0.5, 2, 1], offset: [0, 0.1, 0, -1] }),
    layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
  )));
for (const size of [[7, 7], [3, 2], [9, 4]] as [number, number][]) {
  agrees(
    `adaptive average pooling of 5×4 to ${size.join("×")}`,
    () => around(chain(layers.conv2d({ filters: 4, kernelSize: 3 }), new AdaptiveAveragePooling({ size }))),
  );
}
