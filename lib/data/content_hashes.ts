import { hash64 } from "../runtime/hash64.ts";
import type { ImageSource } from "./dataset.ts";

/** Of whole sources: test images are asked for again and again. */
const known = new WeakMap<ImageSource, BigUint64Array>();

/** Images that are read at once. */
const blockSize = 1024;

/**
 * A fingerprint of each image's pixels ({@linkcode hash64}), by which the same image is found in another dataset. Of a
 * view (a subset, resized images) it is that of the image that is viewed.
 *
 * @example
 * ```ts
 * import { contentHashes, memoryImages } from "curio";
 * import assert from "node:assert/strict";
 *
 * const images = memoryImages(Uint8Array.of(10, 20, 10), { height: 1, width: 1, channels: 1 });
 * const [first, second, third] = await contentHashes(images);
 * assert.ok(first === third && first !== second);
 * ```
 */
export async function contentHashes(images: ImageSource): Promise<BigUint64Array> {
  const before = known.get(images);
  if (before) return before;
  let source = images;
  let indices: ArrayLike<number> = Int32Array.from({ length: images.count }, (_, index) => index);
  while (source.viewed) ({ images: source, indices } = source.viewed(indices));
  const places = Int32Array.from(indices);
  const hashes = new BigUint64Array(images.count);
  for (let first = 0; first < hashes.length; first += blockSize) {
    const block = places.subarray(first, first + blockSize);
    const bytes = await source.read(block);
    const size = bytes.length / block.length;
    block.forEach((_, place) => hashes[first + place] = hash64(bytes.subarray(place * size, (place + 1) * size)));
  }
  known.set(images, hashes);
  return hashes;
}
