import { tf } from "../runtime/tensorflow.ts";
import { SeededDropout } from "../training/seeded_dropout.ts";
import { AdaptiveAveragePooling } from "./adaptive_average_pooling.ts";
import { type Architecture, type ArchitectureOptions, imageNetPreprocessing } from "./architecture.ts";
import { imageInput } from "./image_input.ts";
import { networkParts, planOf } from "./network_parts.ts";

/** Layers with weights, of a {@linkcode vgg}. */
export type VggDepth = 11 | 13 | 16 | 19;

/** 3×3 convolutions of each of the five blocks (Simonyan and Zisserman, 2015, table 1). */
const convolutions: Readonly<Record<VggDepth, readonly number[]>> = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};

/** Filters of each block's convolutions. */
const filters = [64, 128, 256, 512, 512];

/** Options of {@linkcode vgg}. */
export interface VggOptions extends ArchitectureOptions {
  readonly depth: VggDepth;
  /** A batch norm between each convolution and its ReLU. Default false. */
  readonly batchNorm?: boolean;
  /** Share of the units of the two hidden dense layers that are dropped in training. Default 0.5. */
  readonly dropout?: number;
  /** Of each of the two hidden dense layers. Default 4096. */
  readonly hiddenUnits?: number;
}

/**
 * A VGG network (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR
 * 2015), as torchvision has it: five blocks of 3×3 convolutions, each followed by pooling, adaptive average pooling to
 * 7×7 (which does nothing for images of 224 pixels, and lets the same weights take any size), then three dense layers.
 * The layer `"classifier.4"`, 4096 numbers, gives the embedding.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if there is no such depth, a side is shorter than 32 pixels or the number of channels is neither 1 nor 3
 */
export function vgg(
  { depth, shape, classes, random, batchNorm = false, dropout = 0.5, hiddenUnits = 4096 }: VggOptions,
): tf.LayersModel {
  const parts = networkParts({ random });
  const { input, images } = imageInput(shape, { preprocessing: imageNetPreprocessing });
  let x = images;
  for (const { name, kind, filters } of featureLayers(depth, batchNorm)) {
    if (kind === "convolution") x = parts.convolution(x, { name, filters, kernelSize: 3, useBias: true });
    else if (kind === "norm") x = parts.batchNorm(x, name);
    else if (kind === "relu") x = parts.relu(x, name);
    else x = tf.layers.maxPooling2d({ name, poolSize: 2 }).apply(x) as tf.SymbolicTensor;
  }
  const add = (layer: tf.layers.Layer) => x = layer.apply(x) as tf.SymbolicTensor;
  if (x.shape[1] !== 7 || x.shape[2] !== 7) add(new AdaptiveAveragePooling({ name: "avgpool", size: [7, 7] }));
  add(tf.layers.permute({ name: "channels_first", dims: [3, 1, 2] }));
  add(tf.layers.flatten({ name: "flatten" }));
  for (const place of [0, 3]) {
    x = parts.relu(parts.dense(x, { name: `classifier.${place}`, units: hiddenUnits }), `classifier.${place + 1}`);
    if (dropout > 0) add(new SeededDropout({ name: `classifier.${place + 2}`, rate: dropout }));
  }
  const logits = parts.dense(x, { name: "classifier.6", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: nameOf(depth, batchNorm) });
}

interface FeatureLayer {
  readonly name: string;
  readonly kind: "convolution" | "norm" | "relu" | "pool";
  readonly filters: number;
  /** Counted from 1. */
  readonly block: number;
}

/** The layers before the dense ones, numbered through as in torchvision's `features`. */
function featureLayers(depth: VggDepth, batchNorm: boolean): FeatureLayer[] {
  const unit = batchNorm ? ["convolution", "norm", "relu"] as const : ["convolution", "relu"] as const;
  return planOf(convolutions, depth)
    .flatMap((count, block) =>
      [...Array.from({ length: count }, () => unit).flat(), "pool" as const]
        .map((kind) => ({ kind, filters: filters[block], block: block + 1 }))
    )
    .map((layer, place) => ({ ...layer, name: `features.${place}` }));
}

function nameOf(depth: VggDepth, batchNorm: boolean): string {
  return `vgg${depth}${batchNorm ? "_bn" : ""}`;
}

/** The architecture of {@linkcode vgg} at one depth. */
export function vggArchitecture(depth: VggDepth, { batchNorm }: { readonly batchNorm: boolean }): Architecture {
  const layers = featureLayers(depth, batchNorm);
  return {
    name: nameOf(depth, batchNorm),
    convention: "torch",
    featureLayer: "classifier.4",
    headLayer: "classifier.6",
    stages: [
      ...filters.map((_, index) => ({
        name: `block${index + 1}`,
        prefixes: layers.filter(({ block }) => block === index + 1).map(({ name }) => name),
      })),
      { name: "classifier", prefixes: [0, 1, 2, 3, 4, 5].map((place) => `classifier.${place}`) },
      { name: "head", prefixes: ["classifier.6"] },
    ],
    preprocessing: imageNetPreprocessing,
    build: (options) => vgg({ ...options, depth, batchNorm }),
  };
}
