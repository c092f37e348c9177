import { tf } from "../runtime/tensorflow.ts";
import type { Architecture, ArchitectureOptions, Preprocessing } from "./architecture.ts";
import { ChannelPadding } from "./channel_padding.ts";
import { imageInput } from "./image_input.ts";
import { type NetworkParts, networkParts } from "./network_parts.ts";

/** What goes round a block of a {@linkcode cifarResnet} that changes the size of its input. */
export type CifarShortcut = "A" | "B";

/** Options of {@linkcode cifarResnet}. */
export interface CifarResnetOptions extends ArchitectureOptions {
  /** Layers with weights, 6n + 2; the paper's are 20, 32, 44, 56 and 110. Default 20. */
  readonly depth?: number;
  /**
   * Every second pixel, and channels of zeros (`"A"`, as the paper has it on CIFAR), or a 1×1 convolution with batch
   * norm (`"B"`). Default `"A"`.
   */
  readonly shortcut?: CifarShortcut;
}

/** As it is usual on CIFAR: mean and deviation of the training pixels of CIFAR-10. */
const cifarPreprocessing: Preprocessing = {
  resize: 32,
  crop: 32,
  interpolation: "bilinear",
  normalization: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] },
  channelOrder: "rgb",
};

/**
 * The residual network for small images of He et al. ("Deep Residual Learning for Image Recognition", CVPR 2016, section
 * 4.2): a 3×3 convolution, three stages of n blocks of two 3×3 convolutions with 16, 32 and 64 filters, the mean over
 * the picture, one logit for each class. Layers are called as in the usual PyTorch implementations (`conv1`, `bn1`,
 * `layer1.0.conv1`, …, `linear`). The layer `"avgpool"` gives the embedding, 64 numbers.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if the depth is not 6n + 2, a side is shorter than 32 pixels or the number of channels is neither
 * 1 nor 3
 *
 * @example
 * ```ts
 * import { cifarResnet, modelSummary, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const network = cifarResnet({ depth: 20, shape, classes: 10, random: new Random(1) });
 * // The paper's table 6: 0.27 million.
 * assert.equal(modelSummary(network).reduce((sum, { trainable }) => sum + trainable, 0), 269_722);
 * network.dispose();
 * ```
 */
export function cifarResnet(
  { depth = 20, shortcut = "A", shape, classes, random }: CifarResnetOptions,
): tf.LayersModel {
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new RangeError(
      `Cannot build the network: its depth must be 6n + 2, such as 20, 32, 44, 56 or 110: current value is ${depth}`,
    );
  }
  const parts = networkParts({ random });
  const { input, images } = imageInput(shape, { preprocessing: cifarPreprocessing });
  let x = parts.convolution(images, { name: "conv1", filters: 16, kernelSize: 3 });
  x = parts.relu(parts.batchNorm(x, "bn1"), "relu");
  [16, 32, 64].forEach((filters, stage) => {
    for (let place = 0; place < blocks; place++) {
      const strides = place === 0 && stage > 0 ? 2 : 1;
      x = residual(x, { parts, name: `layer${stage + 1}.${place}`, filters, strides, shortcut });
    }
  });
  x = tf.layers.globalAveragePooling2d({ name: "avgpool" }).apply(x) as tf.SymbolicTensor;
  const logits = parts.dense(x, { name: "linear", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: nameOf(depth, shortcut) });
}

interface BlockOptions {
  readonly parts: NetworkParts;
  readonly name: string;
  readonly filters: number;
  readonly strides: number;
  readonly shortcut: CifarShortcut;
}

/** relu(F(x) + x), with x brought to the shape of F(x). */
function residual(x: tf.SymbolicTensor, options: BlockOptions): tf.SymbolicTensor {
  const { parts, name, filters, strides } = options;
  let inner = parts.convolution(x, { name: `${name}.conv1`, filters, kernelSize: 3, strides });
  inner = parts.relu(parts.batchNorm(inner, `${name}.bn1`), `${name}.relu1`);
  inner = parts.convolution(inner, { name: `${name}.conv2`, filters, kernelSize: 3 });
  inner = parts.batchNorm(inner, `${name}.bn2`);
  const around = strides === 1 ? x : reshaped(x, options);
  const sum = tf.layers.add({ name: `${name}.add` }).apply([inner, around]) as tf.SymbolicTensor;
  return parts.relu(sum, `${name}.relu`);
}

/** Half the size, twice the channels. */
function reshaped(x: tf.SymbolicTensor, { parts, name, filters, strides, shortcut }: BlockOptions): tf.SymbolicTensor {
  if (shortcut === "B") {
    const projected = parts.convolution(x, { name: `${name}.shortcut.0`, filters, kernelSize: 1, strides });
    return parts.batchNorm(projected, `${name}.shortcut.1`);
  }
  const subsample = tf.layers.averagePooling2d({ name: `${name}.shortcut.subsample`, poolSize: 1, strides });
  const margin = filters / 4;
  const pad = new ChannelPadding({ name: `${name}.shortcut.pad`, padding: [margin, margin] });
  return pad.apply(subsample.apply(x)) as tf.SymbolicTensor;
}

const nameOf = (depth: number, shortcut: CifarShortcut) => `cifar_resnet${depth}${shortcut === "A" ? "" : "_b"}`;

/** The architecture of {@linkcode cifarResnet} at one depth: `cifar_resnet20`, or `cifar_resnet20_b` with projections. */
export function cifarResnetArchitecture(depth: number, shortcut: CifarShortcut = "A"): Architecture {
  return {
    name: nameOf(depth, shortcut),
    convention: "torch",
    featureLayer: "avgpool",
    headLayer: "linear",
    stages: [
      { name: "stem", prefixes: ["conv1", "bn1", "relu"] },
      ...["layer1", "layer2", "layer3"].map((name) => ({ name, prefixes: [name] })),
      { name: "head", prefixes: ["avgpool", "linear"] },
    ],
    preprocessing: cifarPreprocessing,
    build: (options) => cifarResnet({ ...options, depth, shortcut }),
  };
}
