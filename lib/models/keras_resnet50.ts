import { tf } from "../runtime/tensorflow.ts";
import type { Architecture, ArchitectureOptions } from "./architecture.ts";
import { caffePreprocessing } from "./caffe_preprocessing.ts";
import { imageInput } from "./image_input.ts";
import { type NetworkParts, networkParts, zeroPadded } from "./network_parts.ts";

/**
 * ResNet-50 as Keras Applications has it (the network of He et al., CVPR 2016, itself, "v1"): where a bottleneck halves
 * the image, its first 1×1 convolution has the stride; convolutions have biases, ε of batch norms is 1.001e-5. The layer
 * `"avg_pool"`, 2048 numbers, gives the embedding. Its logits are what Keras' `predictions` puts into a softmax.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if a side is shorter than 32 pixels or the number of channels is neither 1 nor 3
 */
export function kerasResnet50({ shape, classes, random }: ArchitectureOptions): tf.LayersModel {
  const parts = networkParts({ random, epsilon: 1.001e-5, momentum: 0.99 });
  const { input, images } = imageInput(shape, { preprocessing: caffePreprocessing });
  let x = zeroPadded(images, "conv1_pad", 3);
  const stem = { name: "conv1_conv", filters: 64, kernelSize: 7, strides: 2, padding: "valid", useBias: true } as const;
  x = parts.relu(parts.batchNorm(parts.convolution(x, stem), "conv1_bn"), "conv1_relu");
  x = zeroPadded(x, "pool1_pad", 1);
  x = tf.layers.maxPooling2d({ name: "pool1_pool", poolSize: 3, strides: 2 }).apply(x) as tf.SymbolicTensor;
  [3, 4, 6, 3].forEach((count, stage) => {
    for (let place = 0; place < count; place++) {
      const strides = place === 0 && stage > 0 ? 2 : 1;
      const name = `conv${stage + 2}_block${place + 1}`;
      x = bottleneck(x, { parts, name, width: 64 * 2 ** stage, strides, projected: place === 0 });
    }
  });
  x = tf.layers.globalAveragePooling2d({ name: "avg_pool" }).apply(x) as tf.SymbolicTensor;
  const logits = parts.dense(x, { name: "predictions", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: "keras_resnet50" });
}

interface BlockOptions {
  readonly parts: NetworkParts;
  readonly name: string;
  /** Channels of its 3×3 convolution. */
  readonly width: number;
  readonly strides: number;
  /** Whether x is brought to the block's shape by a convolution. */
  readonly projected: boolean;
}

function bottleneck(
  x: tf.SymbolicTensor,
  { parts, name, width, strides, projected }: BlockOptions,
): tf.SymbolicTensor {
  const normalised = (from: tf.SymbolicTensor, place: number, options: { filters: number; strides?: number }) =>
    parts.batchNorm(
      parts.convolution(from, {
        name: `${name}_${place}_conv`,
        kernelSize: place === 2 ? 3 : 1,
        padding: "same",
        useBias: true,
        ...options,
      }),
      `${name}_${place}_bn`,
    );
  const shortcut = projected ? normalised(x, 0, { filters: 4 * width, strides }) : x;
  let inner = parts.relu(normalised(x, 1, { filters: width, strides }), `${name}_1_relu`);
  inner = parts.relu(normalised(inner, 2, { filters: width }), `${name}_2_relu`);
  inner = normalised(inner, 3, { filters: 4 * width });
  const sum = tf.layers.add({ name: `${name}_add` }).apply([shortcut, inner]) as tf.SymbolicTensor;
  return parts.relu(sum, `${name}_out`);
}

/** The architecture of {@linkcode kerasResnet50}. */
export const kerasResnet50Architecture: Architecture = {
  name: "keras_resnet50",
  convention: "keras",
  featureLayer: "avg_pool",
  headLayer: "predictions",
  stages: [
    { name: "conv1", prefixes: ["conv1", "pool1"] },
    ...["conv2", "conv3", "conv4", "conv5"].map((name) => ({ name, prefixes: [name] })),
    { name: "head", prefixes: ["avg_pool", "predictions"] },
  ],
  preprocessing: caffePreprocessing,
  build: kerasResnet50,
};
