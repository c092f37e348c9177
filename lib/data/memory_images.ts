import { checkIndices } from "./check_indices.ts";
import type { ImageShape, ImageSource } from "./dataset.ts";

/**
 * Images that lie in memory, one after the other: `[count, height, width, channels]` bytes, 0…255. The bytes are not
 * copied; whoever made them leaves them alone from here on.
 *
 * @throws {RangeError} if `shape` is not made of positive integers, or the bytes are not a whole number of images
 *
 * @example
 * ```ts
 * import { memoryImages } from "curio";
 * import assert from "node:assert/strict";
 *
 * const twoGreyPixels = memoryImages(Uint8Array.of(10, 20), { height: 1, width: 1, channels: 1 });
 * assert.deepEqual(await twoGreyPixels.read([1, 0, 1]), Uint8Array.of(20, 10, 20));
 * ```
 */
export function memoryImages(bytes: Uint8Array, shape: ImageShape): ImageSource {
  const size = shape.height * shape.width * shape.channels;
  if (![shape.height, shape.width, shape.channels].every((side) => Number.isInteger(side) && side > 0)) {
    throw new RangeError(
      `Cannot make images: their shape must be positive integers: current value is ${JSON.stringify(shape)}`,
    );
  }
  const count = bytes.length / size;
  if (!Number.isInteger(count)) {
    throw new RangeError(
      `Cannot make images: the bytes must be a multiple of the ${size} of one image: current value is ${bytes.length}`,
    );
  }
  return {
    count,
    shape,
    read(indices) {
      return Promise.try(() => {
        checkIndices(indices, count);
        const batch = new Uint8Array(indices.length * size);
        for (let place = 0; place < indices.length; place++) {
          const start = indices[place] * size;
          batch.set(bytes.subarray(start, start + size), place * size);
        }
        return batch;
      });
    },
  };
}
