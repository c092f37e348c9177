import { tf } from "../runtime/tensorflow.ts";
import type { Architecture, ArchitectureOptions } from "./architecture.ts";
import { caffePreprocessing } from "./caffe_preprocessing.ts";
import { imageInput } from "./image_input.ts";
import { networkParts } from "./network_parts.ts";

/** Convolutions and filters of each of the five blocks. */
const blocks = [[2, 64], [2, 128], [3, 256], [3, 512], [3, 512]] as const;

/** Options of {@linkcode kerasVgg16}. */
export interface KerasVgg16Options extends ArchitectureOptions {
  /** Of each of the two hidden dense layers. Default 4096. */
  readonly hiddenUnits?: number;
}

/**
 * VGG16 as Keras Applications has it (Simonyan and Zisserman, ICLR 2015). Feature maps are flattened as they are, so that
 * the dense layer `fc1` fits one size of images: the published weights of it are for 224 pixels. There is no dropout. The
 * layer `"fc2_relu"`, 4096 numbers, gives the embedding. Its logits are what Keras' `predictions` puts into a softmax.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if a side is shorter than 32 pixels or the number of channels is neither 1 nor 3
 */
export function kerasVgg16({ shape, classes, random, hiddenUnits = 4096 }: KerasVgg16Options): tf.LayersModel {
  const parts = networkParts({ random });
  const { input, images } = imageInput(shape, { preprocessing: caffePreprocessing });
  let x = images;
  blocks.forEach(([count, filters], index) => {
    const block = `block${index + 1}`;
    for (let place = 1; place <= count; place++) {
      const name = `${block}_conv${place}`;
      x = parts.relu(parts.convolution(x, { name, filters, kernelSize: 3, useBias: true }), `${name}_relu`);
    }
    x = tf.layers.maxPooling2d({ name: `${block}_pool`, poolSize: 2 }).apply(x) as tf.SymbolicTensor;
  });
  x = tf.layers.flatten({ name: "flatten" }).apply(x) as tf.SymbolicTensor;
  for (const name of ["fc1", "fc2"]) x = parts.relu(parts.dense(x, { name, units: hiddenUnits }), `${name}_relu`);
  const logits = parts.dense(x, { name: "predictions", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: "keras_vgg16" });
}

/** The architecture of {@linkcode kerasVgg16}. */
export const kerasVgg16Architecture: Architecture = {
  name: "keras_vgg16",
  convention: "keras",
  featureLayer: "fc2_relu",
  headLayer: "predictions",
  stages: [
    ...blocks.map((_, index) => `block${index + 1}`).map((name) => ({ name, prefixes: [name] })),
    { name: "classifier", prefixes: ["fc1", "fc2"] },
    { name: "head", prefixes: ["predictions"] },
  ],
  preprocessing: caffePreprocessing,
  build: kerasVgg16,
};
