import type { ImageShape } from "../data/dataset.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { ChannelPadding } from "./channel_padding.ts";

/** Options of {@linkcode cifarResnet}. */
export interface CifarResnetOptions {
  /** Of the images: any size from 32×32 on, 1 channel (repeated thrice) or 3. */
  readonly shape: ImageShape;
  /** Logits at the end. */
  readonly classes: number;
  /** Of the initial weights. */
  readonly random: Random;
  /** Layers with weights, 6n + 2; the paper's are 20, 32, 44, 56 and 110. Default 20. */
  readonly depth?: number;
  /**
   * What goes round a block that changes the size: every second pixel and channels of zeros (`"A"`, as the paper has it
   * on CIFAR), or a 1×1 convolution with batch norm (`"B"`). Default `"A"`.
   */
  readonly shortcut?: "A" | "B";
}

/** The layer of a {@linkcode cifarResnet} whose output is the embedding, 64 numbers. */
export const cifarResnetFeatureLayer = "features";

/**
 * The residual networks for 32×32 images of He et al. (2016), section 4.2: a 3×3 convolution, three stages of n blocks
 * of two 3×3 convolutions with 16, 32 and 64 filters, the mean over the picture, one logit for each class. Layers are
 * called as in the usual PyTorch implementations (`conv1`, `bn1`, `layer1.0.conv1`, …, `linear`); the stages end in
 * `layer1.2.relu2` and so on.
 *
 * Convolutions start as He et al. (2015, eq. 10), the last layer as Glorot and Bengio (2010, eq. 16).
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if the depth is not 6n + 2, or a size is out of its range
 *
 * @example
 * ```ts
 * import { cifarResnet, modelSummary, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const network = cifarResnet({ shape, classes: 10, depth: 20, random: new Random(1) });
 * // The paper's table 6 says 0.27 million.
 * assert.equal(modelSummary(network).reduce((sum, { trainable }) => sum + trainable, 0), 269_722);
 * network.dispose();
 * ```
 */
export function cifarResnet(
  { shape, classes, random, depth = 20, shortcut = "A" }: CifarResnetOptions,
): tf.LayersModel {
  checkOptions({ shape, classes, depth });
  const { layers } = tf;
  const input = tf.input({ shape: [shape.height, shape.width, shape.channels], name: "images" });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const relu = (name: string, x: tf.SymbolicTensor) => apply(layers.reLU({ name }), x);
  const seedOf = (name: string) => random.child(name).uint32();

  /** A convolution without bias and its batch norm; padded alike on all sides, as PyTorch does, if its kernel is 3×3. */
  function convolution(x: tf.SymbolicTensor, { name, norm, filters, strides = 1, kernelSize = 3 }: ConvolutionOptions) {
    const uneven = strides > 1 && kernelSize > 1;
    const padded = uneven ? apply(layers.zeroPadding2d({ name: `${name}.padding`, padding: 1 }), x) : x;
    const kernelInitializer = tf.initializers.heNormal({ seed: seedOf(name) });
    const options = { name, filters, kernelSize, strides, useBias: false, kernelInitializer };
    const convolved = apply(layers.conv2d({ ...options, padding: uneven ? "valid" : "same" }), padded);
    return apply(layers.batchNormalization({ name: norm, momentum: 0.9, epsilon: 1e-5 }), convolved);
  }

  function around(x: tf.SymbolicTensor, { name, filters, strides }: BlockOptions): tf.SymbolicTensor {
    const channels = x.shape[3] as number;
    if (strides === 1 && channels === filters) return x;
    if (shortcut === "B") {
      const names = { name: `${name}.shortcut.0`, norm: `${name}.shortcut.1` };
      return convolution(x, { ...names, filters, strides, kernelSize: 1 });
    }
    const every = layers.averagePooling2d({ name: `${name}.shortcut.subsample`, poolSize: 1, strides });
    const before = (filters - channels) >> 1;
    const padding = [before, filters - channels - before] as const;
    return apply(new ChannelPadding({ name: `${name}.shortcut.padding`, padding }), apply(every, x));
  }

  function block(x: tf.SymbolicTensor, { name, filters, strides }: BlockOptions): tf.SymbolicTensor {
    const names = (place: number) => ({ name: `${name}.conv${place}`, norm: `${name}.bn${place}` });
    const inner = relu(`${name}.relu1`, convolution(x, { ...names(1), filters, strides }));
    const outer = convolution(inner, { ...names(2), filters });
    const sum = apply(layers.add({ name: `${name}.add` }), [outer, around(x, { name, filters, strides })]);
    return relu(`${name}.relu2`, sum);
  }

  const colour = shape.channels === 3 ? input : apply(layers.concatenate({ name: "grey" }), [input, input, input]);
  let x = relu("relu1", convolution(colour, { name: "conv1", norm: "bn1", filters: 16 }));
  [16, 32, 64].forEach((filters, stage) => {
    for (let place = 0; place < (depth - 2) / 6; place++) {
      const strides = stage > 0 && place === 0 ? 2 : 1;
      x = block(x, { name: `layer${stage + 1}.${place}`, filters, strides });
    }
  });
  const features = apply(layers.globalAveragePooling2d({ name: cifarResnetFeatureLayer }), x);
  const kernelInitializer = tf.initializers.glorotUniform({ seed: seedOf("linear") });
  const logits = apply(layers.dense({ name: "linear", units: classes, kernelInitializer }), features);
  return tf.model({ inputs: input, outputs: logits, name: `cifar_resnet${depth}` });
}

interface ConvolutionOptions {
  readonly name: string;
  readonly norm: string;
  readonly filters: number;
  readonly strides?: number;
  readonly kernelSize?: number;
}

interface BlockOptions {
  readonly name: string;
  readonly filters: number;
  readonly strides: number;
}

function checkOptions({ shape, classes, depth }: Pick<CifarResnetOptions, "shape" | "classes"> & { depth: number }) {
  const refuse = (rule: string, value: unknown) => {
    throw new RangeError(`Cannot build the network: ${rule}: current value is ${value}`);
  };
  const { height, width, channels } = shape;
  const sizesFit = [height, width].every((side) => Number.isInteger(side) && side >= 32);
  if (!sizesFit) refuse("images must be at least 32×32", `${height}×${width}`);
  if (channels !== 1 && channels !== 3) refuse("images must have 1 or 3 channels", channels);
  if (!Number.isInteger(classes) || classes < 1) refuse("classes must be a positive integer", classes);
  if (depth < 8 || (depth - 2) % 6 !== 0) refuse("the depth must be 6n + 2, such as 20, 32, 44, 56 or 110", depth);
}
