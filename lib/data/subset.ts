import { createHash } from "node:crypto";
import { checkIndices } from "./check_indices.ts";
import type { Dataset } from "./dataset.ts";

/**
 * The images of `dataset` at `indices`, in that order, as a dataset: a view, which copies labels but no pixels. A
 * subset of a subset is one too.
 *
 * Its checksum is the SHA-256 of the whole's checksum (as text) and the indices (as little-endian int32).
 *
 * @throws {RangeError} if an index is not in the dataset
 *
 * @example
 * ```ts
 * import { memoryImages, subset } from "curio";
 * import assert from "node:assert/strict";
 *
 * const whole = {
 *   name: "three",
 *   images: memoryImages(Uint8Array.of(10, 20, 30), { height: 1, width: 1, channels: 1 }),
 *   labels: Int32Array.of(0, 1, 0),
 *   classNames: ["dark", "bright"],
 *   checksum: "00",
 * };
 * const part = subset(whole, [2, 1]);
 * assert.deepEqual(part.labels, Int32Array.of(0, 1));
 * assert.deepEqual(await part.images.read([0]), Uint8Array.of(30));
 * ```
 */
export function subset<Whole extends Dataset>(dataset: Whole, indices: ArrayLike<number>): Whole {
  const { images, labels, files } = dataset;
  checkIndices(indices, images.count);
  const chosen = Int32Array.from(indices);
  const bytes = new DataView(new ArrayBuffer(4 * chosen.length));
  chosen.forEach((index, place) => bytes.setInt32(4 * place, index, true));
  return {
    ...dataset,
    images: {
      count: chosen.length,
      shape: images.shape,
      preprocessing: images.preprocessing,
      async read(places) {
        checkIndices(places, chosen.length);
        return await images.read(Int32Array.from(places, (place) => chosen[place]));
      },
      viewed: (places) => ({ images, indices: Int32Array.from(places, (place) => chosen[place]) }),
    },
    labels: chosen.map((index) => labels[index]),
    ...(files && { files: Array.from(chosen, (index) => files[index]) }),
    checksum: createHash("sha256").update(dataset.checksum).update(bytes).digest("hex"),
  };
}
