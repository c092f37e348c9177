import type { Normalization } from "../data/channel_statistics.ts";
import type { ImageShape } from "../data/dataset.ts";
import type { ResizeOptions } from "../data/photos/resize_options.ts";
import type { Random } from "../runtime/random.ts";
import type { tf } from "../runtime/tensorflow.ts";

/**
 * A network as a paper and its published weights fix it.
 *
 * **Names.** Every layer with weights is called exactly as the publisher calls the module or layer, so that weights map
 * by name alone. In the convention `"torch"` (module path, `layer1.0.downsample.0`):
 *
 * | tfjs | state dict | how |
 * |---|---|---|
 * | `…/kernel` of a convolution, `[h, w, in, out]` | `….weight`, `[out, in, h, w]` | transposed |
 * | `…/depthwise_kernel`, `[h, w, in, 1]` | `….weight`, `[in, 1, h, w]` | transposed |
 * | `…/kernel` of a dense layer, `[in, out]` | `….weight`, `[out, in]` | transposed |
 * | `…/bias` | `….bias` | as it is |
 * | `…/gamma`, `…/beta` of a batch norm | `….weight`, `….bias` | as it is |
 * | `…/moving_mean`, `…/moving_variance` | `….running_mean`, `….running_var` | as it is |
 *
 * In the convention `"keras"` names and layouts are ours already. `"curio"` is a network that nobody else publishes.
 *
 * **Flattening.** Where a torch network flattens feature maps before a dense layer, ours puts channels first before it
 * flattens (a `Permute` layer), so that dense kernels need no reordering.
 *
 * **Colours.** A network always takes red, green, blue. One whose weights expect another order turns it round in its
 * first layer, and one that is built for grey images spreads them over three channels there: weights of RGB images fit
 * unchanged.
 */
export interface Architecture {
  /** `resnet18`, `vgg16_bn`, `keras_resnet50`. */
  readonly name: string;
  /** Whose names the layers bear. */
  readonly convention: "torch" | "keras" | "curio";
  /**
   * What the publisher's names begin with and ours do not, since tfjs wants a letter or a digit there: `_` of
   * `_conv_stem`. Default: nothing.
   */
  readonly namePrefix?: string;
  /** The layer whose output, flattened, is an image's embedding: the last before the head. */
  readonly featureLayer: string;
  /** The last layer, which gives the logits: what another number of classes replaces. */
  readonly headLayer: string;
  /** From the images to the logits: what a trunk is frozen up to, and what learning rates are given for. */
  readonly stages: readonly Stage[];
  /** How images were brought to the network when its published weights were trained and tested. */
  readonly preprocessing: Preprocessing;
  /** Normalised images `[batch, height, width, channels]` → logits `[batch, classes]`; the caller disposes of it. */
  build(options: ArchitectureOptions): tf.LayersModel;
}

/** What {@linkcode Architecture.build} needs. */
export interface ArchitectureOptions {
  /** Of the images: sides of at least 32 pixels, 1 or 3 channels. */
  readonly shape: ImageShape;
  /** Logits at the end. */
  readonly classes: number;
  /** Of the initial weights. Where it is left out they are zeros, which takes no time: weights are loaded next. */
  readonly random?: Random;
  /** Share of units dropped in training where the network has dropout. Default: the paper's. */
  readonly dropout?: number;
}

/** Layers that follow each other, under a name. */
export interface Stage {
  readonly name: string;
  /** A layer belongs to the stage if it is called like one of these, or so and then `.` or `_`. */
  readonly prefixes: readonly string[];
}

/** From a photo to a network's input: how it becomes a square, and what is done to the square's pixels. */
export interface Preprocessing extends Required<ResizeOptions> {
  /** Of red, green and blue, scaled to 0…1. */
  readonly normalization: Normalization;
  /** What the weights expect in their first layer. The network sees to it: images and `normalization` are RGB always. */
  readonly channelOrder: "rgb" | "bgr";
}

/**
 * The stage that a layer belongs to, or `undefined` where it belongs to none, as the input does.
 */
export function stageOf({ stages }: Pick<Architecture, "stages">, layer: string): Stage | undefined {
  return stages.find(({ prefixes }) =>
    prefixes.some((prefix) => layer === prefix || layer.startsWith(`${prefix}.`) || layer.startsWith(`${prefix}_`))
  );
}

/**
 * What pixels are shifted and divided by for a network of so many input channels. A grey image has one number for each;
 * the network's first layer makes of them what RGB weights expect.
 */
export function normalizationFor({ normalization }: Preprocessing, channels: number): Normalization {
  if (channels === normalization.mean.length) return normalization;
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: [average(normalization.mean)], deviation: [average(normalization.deviation)] };
}

/**
 * How photos are brought to a network that was built for squares of another size than its weights were tested with: the
 * same share of the photo is cut out.
 */
export function preprocessingFor(preprocessing: Preprocessing, { height, width }: ImageShape): Preprocessing {
  const { crop, resize } = preprocessing;
  if (height !== width || height === crop) return preprocessing;
  const scaled = resize === "stretch" ? resize : Math.round(resize * height / crop);
  return { ...preprocessing, crop: height, resize: scaled };
}

/** As torchvision's models and most others were trained on ImageNet. */
export const imageNetPreprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  interpolation: "bilinear",
  normalization: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  channelOrder: "rgb",
};
