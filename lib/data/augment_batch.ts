import type { Random } from "../runtime/random.ts";
import type { ImageShape } from "./dataset.ts";

/** Random changes to training images that leave their class as it is; all are off unless asked for. */
export interface Augmentation {
  /**
   * Move the image by up to this many pixels, up or down and left or right; the border row or column is repeated where
   * nothing comes in. Default: 0.
   */
  readonly shift?: number;
  /** Mirror left and right, half of the time. Default: false. */
  readonly flip?: boolean;
  /**
   * Surround the image with this many pixels of `fill` and cut a window of its own size out of that (He et al., 2016,
   * section 4.2: 4 for CIFAR-10). Default: 0.
   */
  readonly crop?: number;
  /**
   * Cover a square of this side with `fill`; its centre may be anywhere in the image, so part of the square may stand
   * out (DeVries and Taylor, 2017: 16 for CIFAR-10). Default: 0.
   */
  readonly cutout?: number;
  /**
   * What `crop` and `cutout` put where there is no image: a value for each channel, 0…255. Default: 0, black. The
   * papers fill after normalisation, with what here is the mean of the training pixels.
   */
  readonly fill?: readonly number[];
}

/** How {@linkcode augmentBatch} changes images. */
export interface AugmentBatchOptions extends Augmentation {
  readonly random: Random;
}

/**
 * Changes every image of a batch at random and on its own: shift, then crop, then flip, then cut-out.
 *
 * @param bytes `[images, height, width, channels]`, left as they are
 * @returns new bytes of the same shape
 * @throws {RangeError} if `shift`, `crop` or `cutout` is not a non-negative integer, `shift` exceeds the image, `fill`
 *   is not a byte for each channel, or the bytes are not whole images
 *
 * @example
 * ```ts
 * import { augmentBatch, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const row = Uint8Array.of(1, 2, 3);
 * const mirrored = augmentBatch(row, { height: 1, width: 3, channels: 1 }, { flip: true, random: new Random(1) });
 * assert.ok([1, 3].includes(mirrored[0]) && mirrored[1] === 2);
 * ```
 */
export function augmentBatch(
  bytes: Uint8Array,
  { height, width, channels }: ImageShape,
  { shift = 0, flip = false, crop = 0, cutout = 0, fill = new Array(channels).fill(0), random }: AugmentBatchOptions,
): Uint8Array {
  checkAugmentation({ height, width, channels }, { shift, crop, cutout, fill });
  const rowSize = width * channels;
  const imageSize = height * rowSize;
  if (bytes.length % imageSize !== 0) {
    throw new RangeError(
      `Cannot augment: the batch must hold whole images of ${imageSize} bytes: current value is ${bytes.length} bytes`,
    );
  }
  const augmented = new Uint8Array(bytes.length);
  const offsets = new Int32Array(rowSize);
  const fillRow = Uint8Array.from({ length: rowSize }, (_, place) => fill[place % channels]);

  // A function of its own, so that the compiler keeps the loop tight: it runs for every byte of every batch.
  const gatherRow = (target: number, source: number) => {
    for (let place = 0; place < rowSize; place++) {
      const offset = offsets[place];
      augmented[target + place] = offset < 0 ? fillRow[place] : bytes[source + offset];
    }
  };

  for (let image = 0; image < bytes.length; image += imageSize) {
    const down = shift && random.integer(2 * shift + 1) - shift;
    const right = shift && random.integer(2 * shift + 1) - shift;
    const top = crop && random.integer(2 * crop + 1) - crop;
    const left = crop && random.integer(2 * crop + 1) - crop;
    const mirrored = flip && random.integer(2) === 1;

    // For each byte of a row, where in the source row it comes from; all rows of an image share it.
    for (let x = 0; x < width; x++) {
      const column = sourceOf((mirrored ? width - 1 - x : x) + left, { shift: right, size: width });
      for (let channel = 0; channel < channels; channel++) {
        offsets[x * channels + channel] = column < 0 ? -1 : column * channels + channel;
      }
    }
    for (let y = 0; y < height; y++) {
      const row = sourceOf(y + top, { shift: down, size: height });
      const target = image + y * rowSize;
      if (row < 0) augmented.set(fillRow, target);
      else gatherRow(target, image + row * rowSize);
    }
    if (cutout > 0) {
      const above = random.integer(height) - (cutout >> 1);
      const beside = random.integer(width) - (cutout >> 1);
      const from = Math.max(beside, 0) * channels;
      const covered = fillRow.subarray(from, Math.min(beside + cutout, width) * channels);
      for (let y = Math.max(above, 0); y < Math.min(above + cutout, height); y++) {
        augmented.set(covered, image + y * rowSize + from);
      }
    }
  }
  return augmented;
}

/** The row or column of the source that shows at `place`, or −1 where the crop has left the image. */
function sourceOf(place: number, { shift, size }: { shift: number; size: number }): number {
  if (place < 0 || place >= size) return -1;
  return Math.min(Math.max(place - shift, 0), size - 1);
}

function checkAugmentation(
  { height, width, channels }: ImageShape,
  { shift, crop, cutout, fill }: Required<Omit<Augmentation, "flip">>,
): void {
  for (const [name, value] of Object.entries({ shift, crop, cutout })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`Cannot augment: ${name} must be a non-negative integer: current value is ${value}`);
    }
  }
  if (shift >= Math.min(height, width)) {
    throw new RangeError(
      `Cannot augment: shift must be smaller than the image, ${height}×${width}: current value is ${shift}`,
    );
  }
  if (fill.length !== channels || !fill.every((value) => value >= 0 && value <= 255)) {
    throw new RangeError(
      `Cannot augment: fill must hold a number in 0…255 for each of the ${channels} channels: current value is [${fill}]`,
    );
  }
}
