import type { ImageShape } from "../data/dataset.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { SeededDropout } from "../training/seeded_dropout.ts";

/** Options of {@linkcode cnn}. */
export interface CnnOptions {
  /** Of the images. */
  readonly shape: ImageShape;
  /** Logits at the end. */
  readonly classes: number;
  /** Of the initial weights. */
  readonly random: Random;
  /** Filters of each block: as many blocks as numbers. Default `[32, 64]`. */
  readonly filters?: readonly number[];
  /** Side of the convolutions' kernels in pixels: one for all, or one a block. Default 3. */
  readonly kernelSize?: number | readonly number[];
  /** Convolutions before each block's pooling. Default 1. */
  readonly convolutionsPerBlock?: number;
  /** Batch normalisation between each convolution and its ReLU. Default false. */
  readonly batchNorm?: boolean;
  /** Share of each block's outputs that are dropped in training. Default 0. */
  readonly convDropout?: number;
  /** Units of each dense layer before the last. Default `[128]`. */
  readonly denseUnits?: readonly number[];
  /** Share of each dense layer's outputs that are dropped in training. Default 0. */
  readonly denseDropout?: number;
}

/** The layer of a {@linkcode cnn} whose output is the embedding. */
export const cnnFeatureLayer = "features";

/**
 * A convolutional network: blocks of convolution, (batch norm,) ReLU and 2×2 max pooling, (dropout,) then dense layers
 * with ReLU (and dropout), then one logit for each class. Convolutions keep the size of the image; each pooling halves
 * it, rounding up. The last thing before the logits is the layer `"features"`.
 *
 * Weights start as He et al. (2015, eq. 10) before a ReLU, but cut at two deviations, which leaves 0.88 of their
 * deviation (TensorFlow.js does so; Keras widens it again), and as Glorot and Bengio (2010, eq. 16) before the logits,
 * biases at 0.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if a size is not a positive integer, a dropout rate is outside [0, 1), or the numbers of filters
 * and kernel sizes differ
 *
 * @example
 * ```ts
 * import { cnn, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const network = cnn({
 *   shape: { height: 28, width: 28, channels: 1 },
 *   classes: 10,
 *   filters: [8, 16],
 *   denseUnits: [32],
 *   random: new Random(1),
 * });
 * assert.deepEqual(network.outputShape, [null, 10]);
 * network.dispose();
 * ```
 */
export function cnn({
  shape,
  classes,
  random,
  filters = [32, 64],
  kernelSize = 3,
  convolutionsPerBlock = 1,
  batchNorm = false,
  convDropout = 0,
  denseUnits = [128],
  denseDropout = 0,
}: CnnOptions): tf.LayersModel {
  const kernelSizes = typeof kernelSize === "number" ? filters.map(() => kernelSize) : kernelSize;
  if (kernelSizes.length !== filters.length) {
    throw new RangeError(
      `Cannot build the network: there must be one kernel size for each of the ${filters.length} blocks: ` +
        `current value is [${kernelSizes}]`,
    );
  }
  checkSizes("the shape", [shape.height, shape.width, shape.channels]);
  checkSizes("classes", [classes]);
  checkSizes("filters", filters);
  checkSizes("kernelSize", kernelSizes);
  checkSizes("convolutionsPerBlock", [convolutionsPerBlock]);
  checkSizes("denseUnits", denseUnits);

  const input = tf.input({ shape: [shape.height, shape.width, shape.channels], name: "images" });
  const initialised = (name: string, initialiser: "heNormal" | "glorotUniform") =>
    tf.initializers[initialiser]({ seed: random.child(name).uint32() });
  let output = input;
  const add = (layer: tf.layers.Layer) => output = layer.apply(output) as tf.SymbolicTensor;

  filters.forEach((count, block) => {
    for (let place = 1; place <= convolutionsPerBlock; place++) {
      const name = `conv${block + 1}` + (convolutionsPerBlock > 1 ? `_${place}` : "");
      add(tf.layers.conv2d({
        name,
        filters: count,
        kernelSize: kernelSizes[block],
        padding: "same",
        // Batch norm takes away any constant, a bias too.
        useBias: !batchNorm,
        activation: batchNorm ? undefined : "relu",
        kernelInitializer: initialised(name, "heNormal"),
      }));
      if (batchNorm) {
        add(tf.layers.batchNormalization({ name: `${name}_norm`, momentum: 0.9, epsilon: 1e-5 }));
        add(tf.layers.reLU({ name: `${name}_relu` }));
      }
    }
    add(tf.layers.maxPooling2d({ name: `pool${block + 1}`, poolSize: 2, padding: "same" }));
    if (convDropout > 0) add(new SeededDropout({ name: `dropout${block + 1}`, rate: convDropout }));
  });
  add(tf.layers.flatten({ name: denseUnits.length === 0 ? cnnFeatureLayer : "flatten" }));
  denseUnits.forEach((units, place) => {
    const name = place === denseUnits.length - 1 ? cnnFeatureLayer : `dense${place + 1}`;
    add(tf.layers.dense({ name, units, activation: "relu", kernelInitializer: initialised(name, "heNormal") }));
    if (denseDropout > 0) add(new SeededDropout({ name: `${name}_dropout`, rate: denseDropout }));
  });
  add(tf.layers.dense({ name: "logits", units: classes, kernelInitializer: initialised("logits", "glorotUniform") }));
  return tf.model({ inputs: input, outputs: output, name: "cnn" });
}

function checkSizes(name: string, sizes: readonly number[]): void {
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return;
  throw new RangeError(
    `Cannot build the network: ${name} must be made of positive integers: current value is ${sizes}`,
  );
}
