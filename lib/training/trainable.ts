import type { Normalization } from "../data/channel_statistics.ts";
import type { Dataset, ImageShape, ImageSource } from "../data/dataset.ts";
import type { tf } from "../runtime/tensorflow.ts";

/** A network, and what must be known beside it to train it and to ask it about images. */
export interface Trainable {
  /** Normalised images `[batch, height, width, channels]` in, logits `[batch, classes]` out: no softmax at its end. */
  readonly network: tf.LayersModel;
  /** The layer whose output, flattened, is an image's embedding. */
  readonly featureLayer: string;
  /** One name for each logit. */
  readonly classNames: readonly string[];
  /** Fixed by pretrained weights; where it is not, the first `fit` takes it from its training images. */
  normalization?: Normalization;
}

/**
 * The size of the images that a network takes.
 *
 * @throws {TypeError} if the network has several inputs, or one that is not `[batch, height, width, channels]`
 */
export function inputShapeOf(network: tf.LayersModel): ImageShape {
  const shapes = network.inputs.map(({ shape }) => shape);
  const [, height, width, channels] = shapes[0];
  if (shapes.length !== 1 || shapes[0].length !== 4 || !height || !width || !channels) {
    throw new TypeError(
      "Cannot feed the network: it must have one input, [batch, height, width, channels]: " +
        `current value is ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ") || "none"}. ` +
        "Give its first layer an inputShape of three numbers.",
    );
  }
  return { height, width, channels };
}

/**
 * The normalization of a network that has been trained.
 *
 * @throws {TypeError} if it has none yet
 */
export function normalizationOf({ normalization }: Trainable): Normalization {
  if (normalization) return normalization;
  throw new TypeError(
    "Cannot feed the network: its normalization is not known yet. Call `fit` first, or load weights.",
  );
}

/**
 * Refuses a dataset that the network cannot be trained or measured on.
 *
 * @param action for the message: `fit`, `evaluate`
 * @throws {RangeError} if there are no images, if they have another shape, or if the classes do not match in number
 */
export function checkDataset(action: string, { network, classNames }: Trainable, dataset: Dataset): void {
  const { images, labels, name } = dataset;
  if (images.count === 0) {
    throw new RangeError(`Cannot ${action}: the dataset must hold at least one image: "${name}" is empty`);
  }
  const strange = labels.findIndex((label) => !(label >= 0 && label < dataset.classNames.length));
  if (strange >= 0) {
    throw new RangeError(
      `Cannot ${action}: a label must be in 0…${dataset.classNames.length - 1}: current value is ${labels[strange]}, ` +
        `image ${strange} of "${name}"`,
    );
  }
  if (labels.length !== images.count) {
    throw new RangeError(
      `Cannot ${action}: every image must have one label: "${name}" has ${images.count} images and ${labels.length} labels`,
    );
  }
  checkImages(action, { network }, images);
  const logits = network.outputs[0].shape.at(-1);
  if (classNames.length !== logits || dataset.classNames.length !== logits) {
    throw new RangeError(
      `Cannot ${action}: the network's outputs must be as many as the classes: current value is ${logits} outputs, ` +
        `${classNames.length} class names and ${dataset.classNames.length} classes in "${name}"`,
    );
  }
}

/** @throws {RangeError} if images have another shape than the network's input */
export function checkImages(action: string, { network }: Pick<Trainable, "network">, { shape }: ImageSource): void {
  const wanted = sizeText(inputShapeOf(network));
  if (sizeText(shape) === wanted) return;
  throw new RangeError(
    `Cannot ${action}: images must be ${wanted}, as the network's input is: current value is ${sizeText(shape)}. ` +
      "Build the network with the dataset's shape, or resize the images.",
  );
}

function sizeText({ height, width, channels }: ImageShape): string {
  return `${height}×${width}×${channels}`;
}
