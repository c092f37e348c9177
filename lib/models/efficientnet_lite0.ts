import { tf } from "../runtime/tensorflow.ts";
import { SeededDropout } from "../training/seeded_dropout.ts";
import type { Architecture, ArchitectureOptions, Preprocessing } from "./architecture.ts";
import { imageInput } from "./image_input.ts";
import { type NetworkParts, networkParts } from "./network_parts.ts";

/** The blocks of the stages: how often, and the kernel, stride, expansion and filters of each. */
const plan = [
  { repeats: 1, kernelSize: 3, strides: 1, expansion: 1, filters: 16 },
  { repeats: 2, kernelSize: 3, strides: 2, expansion: 6, filters: 24 },
  { repeats: 2, kernelSize: 5, strides: 2, expansion: 6, filters: 40 },
  { repeats: 3, kernelSize: 3, strides: 2, expansion: 6, filters: 80 },
  { repeats: 3, kernelSize: 5, strides: 1, expansion: 6, filters: 112 },
  { repeats: 4, kernelSize: 5, strides: 2, expansion: 6, filters: 192 },
  { repeats: 1, kernelSize: 3, strides: 1, expansion: 6, filters: 320 },
] as const;

/** As its weights were trained and tested: bytes less 127, divided by 128. */
const preprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  interpolation: "bicubic",
  normalization: { mean: new Array(3).fill(127 / 255), deviation: new Array(3).fill(128 / 255) },
  channelOrder: "rgb",
};

/**
 * EfficientNet-Lite0 (Tan and Le, "EfficientNet", ICML 2019, table 1, as Google's Lite variant has it: no squeeze and
 * excitation, ReLU6 for swish): 4.7 million weights, quick on a CPU. Padding is TensorFlow's `same`, ε of batch norms
 * 1e-3. Blocks are not dropped in training. The layer `"avg_pooling"`, 1280 numbers, gives the embedding.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if a side is shorter than 32 pixels or the number of channels is neither 1 nor 3
 */
export function efficientNetLite0({ shape, classes, random, dropout = 0.2 }: ArchitectureOptions): tf.LayersModel {
  const parts = networkParts({ random, epsilon: 1e-3, momentum: 0.99, maxRelu: 6 });
  const { input, images } = imageInput(shape, { preprocessing });
  let x = parts.convolution(images, { name: "conv_stem", filters: 32, kernelSize: 3, strides: 2, padding: "same" });
  x = parts.relu(parts.batchNorm(x, "bn0"), "relu0");
  blocks().forEach((block, place) => x = invertedResidual(x, { parts, name: `blocks.${place}`, ...block }));
  x = parts.convolution(x, { name: "conv_head", filters: 1280, kernelSize: 1 });
  x = parts.relu(parts.batchNorm(x, "bn1"), "relu1");
  x = tf.layers.globalAveragePooling2d({ name: "avg_pooling" }).apply(x) as tf.SymbolicTensor;
  if (dropout > 0) x = new SeededDropout({ name: "dropout", rate: dropout }).apply(x) as tf.SymbolicTensor;
  const logits = parts.dense(x, { name: "fc", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: "efficientnet_lite0" });
}

interface Block {
  readonly kernelSize: number;
  readonly strides: number;
  /** Times as many channels in the middle. */
  readonly expansion: number;
  readonly filters: number;
  /** Counted from 1. */
  readonly stage: number;
}

/** Only the first block of a stage has its stride. */
function blocks(): Block[] {
  return plan.flatMap(({ repeats, ...block }, stage) =>
    Array.from({ length: repeats }, (_, place) => ({
      ...block,
      strides: place === 0 ? block.strides : 1,
      stage: stage + 1,
    }))
  );
}

/** Wider by a 1×1 convolution, one kernel a channel, narrower again (Sandler et al., "MobileNetV2", CVPR 2018). */
function invertedResidual(
  x: tf.SymbolicTensor,
  { parts, name, kernelSize, strides, expansion, filters }: Block & { parts: NetworkParts; name: string },
): tf.SymbolicTensor {
  const channels = x.shape.at(-1) as number;
  let inner = x;
  if (expansion > 1) {
    inner = parts.convolution(inner, { name: `${name}._expand_conv`, filters: expansion * channels, kernelSize: 1 });
    inner = parts.relu(parts.batchNorm(inner, `${name}._bn0`), `${name}._relu0`);
  }
  inner = parts.depthwise(inner, { name: `${name}._depthwise_conv`, kernelSize, strides, padding: "same" });
  inner = parts.relu(parts.batchNorm(inner, `${name}._bn1`), `${name}._relu1`);
  inner = parts.convolution(inner, { name: `${name}._project_conv`, filters, kernelSize: 1 });
  inner = parts.batchNorm(inner, `${name}._bn2`);
  if (strides > 1 || channels !== filters) return inner;
  return tf.layers.add({ name: `${name}.add` }).apply([inner, x]) as tf.SymbolicTensor;
}

/** The architecture of {@linkcode efficientNetLite0}; layers are called as in the `efficientnet_pytorch` package. */
export const efficientNetLite0Architecture: Architecture = {
  name: "efficientnet_lite0",
  convention: "torch",
  namePrefix: "_",
  featureLayer: "avg_pooling",
  headLayer: "fc",
  stages: [
    { name: "stem", prefixes: ["conv_stem", "bn0", "relu0"] },
    ...plan.map((_, index) => ({
      name: `stage${index + 1}`,
      prefixes: blocks().flatMap(({ stage }, place) => stage === index + 1 ? [`blocks.${place}`] : []),
    })),
    { name: "top", prefixes: ["conv_head", "bn1", "relu1"] },
    { name: "head", prefixes: ["avg_pooling", "dropout", "fc"] },
  ],
  preprocessing,
  build: efficientNetLite0,
};
