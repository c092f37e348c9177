import { tf } from "../runtime/tensorflow.ts";
import { type Architecture, type ArchitectureOptions, imageNetPreprocessing } from "./architecture.ts";
import { imageInput } from "./image_input.ts";
import { type NetworkParts, networkParts, planOf, zeroPadded } from "./network_parts.ts";

/** Layers with weights, of a {@linkcode resnet}. */
export type ResNetDepth = 18 | 34 | 50 | 101 | 152;

/** Blocks of each of the four stages, and whether a block narrows before its 3×3 (He et al., 2016, table 1). */
const plans: Readonly<Record<ResNetDepth, { readonly blocks: readonly number[]; readonly bottleneck: boolean }>> = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
  152: { blocks: [3, 8, 36, 3], bottleneck: true },
};

/** Options of {@linkcode resnet}. */
export interface ResNetOptions extends ArchitectureOptions {
  readonly depth: ResNetDepth;
}

/**
 * A residual network for images of any size from 32 pixels a side (He et al., "Deep Residual Learning for Image
 * Recognition", CVPR 2016), in the variant that torchvision publishes weights of ("v1.5"): where a bottleneck halves the
 * image, its 3×3 convolution has the stride, and padding is symmetric. The layer `"avgpool"` gives the embedding.
 *
 * @returns normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it
 * @throws {RangeError} if there is no such depth, a side is shorter than 32 pixels or the number of channels is neither 1 nor 3
 *
 * @example
 * ```ts
 * import { Random, resnet } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const network = resnet({ depth: 18, shape, classes: 10, random: new Random(1) });
 * assert.deepEqual(network.getLayer("avgpool").outputShape, [null, 512]);
 * network.dispose();
 * ```
 */
export function resnet({ depth, shape, classes, random }: ResNetOptions): tf.LayersModel {
  const { blocks, bottleneck } = planOf(plans, depth);
  const parts = networkParts({ random });
  const { input, images } = imageInput(shape, { preprocessing: imageNetPreprocessing });
  let x = parts.convolution(images, { name: "conv1", filters: 64, kernelSize: 7, strides: 2 });
  x = parts.relu(parts.batchNorm(x, "bn1"), "relu");
  x = zeroPadded(x, "maxpool.pad", 1);
  x = tf.layers.maxPooling2d({ name: "maxpool", poolSize: 3, strides: 2 }).apply(x) as tf.SymbolicTensor;
  blocks.forEach((count, stage) => {
    for (let place = 0; place < count; place++) {
      const strides = place === 0 && stage > 0 ? 2 : 1;
      const width = 64 * 2 ** stage;
      x = residual(x, { parts, name: `layer${stage + 1}.${place}`, width, strides, bottleneck });
    }
  });
  x = tf.layers.globalAveragePooling2d({ name: "avgpool" }).apply(x) as tf.SymbolicTensor;
  const logits = parts.dense(x, { name: "fc", units: classes });
  return tf.model({ inputs: input, outputs: logits, name: `resnet${depth}` });
}

interface BlockOptions {
  readonly parts: NetworkParts;
  readonly name: string;
  /** Channels of its 3×3 convolutions. */
  readonly width: number;
  readonly strides: number;
  readonly bottleneck: boolean;
}

/** relu(F(x) + x), with x projected where F changes its shape. */
function residual(x: tf.SymbolicTensor, { parts, name, width, strides, bottleneck }: BlockOptions): tf.SymbolicTensor {
  const filters = bottleneck ? 4 * width : width;
  const convolutions = bottleneck
    ? [{ filters: width, kernelSize: 1 }, { filters: width, kernelSize: 3, strides }, { filters, kernelSize: 1 }]
    : [{ filters, kernelSize: 3, strides }, { filters, kernelSize: 3 }];
  let inner = x;
  convolutions.forEach((convolution, index) => {
    const place = index + 1;
    if (index > 0) inner = parts.relu(inner, `${name}.relu${index}`);
    inner = parts.convolution(inner, { name: `${name}.conv${place}`, ...convolution });
    inner = parts.batchNorm(inner, `${name}.bn${place}`);
  });
  let shortcut = x;
  if (strides > 1 || x.shape.at(-1) !== filters) {
    shortcut = parts.convolution(x, { name: `${name}.downsample.0`, filters, kernelSize: 1, strides });
    shortcut = parts.batchNorm(shortcut, `${name}.downsample.1`);
  }
  const sum = tf.layers.add({ name: `${name}.add` }).apply([inner, shortcut]) as tf.SymbolicTensor;
  return parts.relu(sum, `${name}.relu`);
}

/** The architecture of {@linkcode resnet} at one depth. */
export function resnetArchitecture(depth: ResNetDepth): Architecture {
  return {
    name: `resnet${depth}`,
    convention: "torch",
    featureLayer: "avgpool",
    headLayer: "fc",
    stages: [
      { name: "stem", prefixes: ["conv1", "bn1", "relu", "maxpool"] },
      ...["layer1", "layer2", "layer3", "layer4"].map((name) => ({ name, prefixes: [name] })),
      { name: "head", prefixes: ["avgpool", "fc"] },
    ],
    preprocessing: imageNetPreprocessing,
    build: (options) => resnet({ ...options, depth }),
  };
}
