import type { ImageShape } from "../data/dataset.ts";
import { tf } from "../runtime/tensorflow.ts";
import { normalizationFor, type Preprocessing } from "./architecture.ts";
import { ChannelMap } from "./channel_map.ts";

/** Where a network begins. */
export interface ImageInput {
  /** What the network takes. */
  readonly input: tf.SymbolicTensor;
  /** What its first layer with weights takes: three channels, normalised and ordered as the weights expect. */
  readonly images: tf.SymbolicTensor;
}

/**
 * The input of a network whose weights expect three channels, for images of one or three.
 *
 * @throws {RangeError} if there is another number of channels, or a side is shorter than `smallestSide`
 */
export function imageInput(
  shape: ImageShape,
  { preprocessing, smallestSide = 32 }: { readonly preprocessing: Preprocessing; readonly smallestSide?: number },
): ImageInput {
  const { height, width, channels } = shape;
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`Cannot build the network: images must have 1 or 3 channels: current value is ${channels}`);
  }
  if (![height, width].every((side) => Number.isInteger(side) && side >= smallestSide)) {
    throw new RangeError(
      `Cannot build the network: images must have at least ${smallestSide} pixels a side: ` +
        `current value is ${height}×${width}. Resize them.`,
    );
  }
  const input = tf.input({ shape: [height, width, channels], name: "images" });
  const order = preprocessing.channelOrder === "rgb" ? [0, 1, 2] : [2, 1, 0];
  if (channels === 1) {
    const [grey, rgb] = [normalizationFor(preprocessing, 1), preprocessing.normalization];
    const spread = new ChannelMap({
      name: "rgb_of_grey",
      sources: [0, 0, 0],
      scale: order.map((channel) => grey.deviation[0] / rgb.deviation[channel]),
      offset: order.map((channel) => (grey.mean[0] - rgb.mean[channel]) / rgb.deviation[channel]),
    });
    return { input, images: spread.apply(input) as tf.SymbolicTensor };
  }
  if (preprocessing.channelOrder === "rgb") return { input, images: input };
  const turned = new ChannelMap({ name: "bgr_of_rgb", sources: order, scale: [1, 1, 1], offset: [0, 0, 0] });
  return { input, images: turned.apply(input) as tf.SymbolicTensor };
}
