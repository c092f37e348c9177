import { tf } from "../runtime/tensorflow.ts";
import type { ImageSource } from "./dataset.ts";

/**
 * The images at `indices` as a tensor `[indices.length, height, width, channels]` of float32, 0…255. The caller
 * disposes of it.
 *
 * @throws {RangeError} if an index is not in the source
 *
 * @example
 * ```ts
 * import { imageTensor, memoryImages } from "curio";
 * import assert from "node:assert/strict";
 *
 * const images = memoryImages(Uint8Array.of(0, 255), { height: 1, width: 1, channels: 1 });
 * const tensor = await imageTensor(images, [1]);
 * assert.deepEqual(tensor.shape, [1, 1, 1, 1]);
 * assert.deepEqual([...await tensor.data()], [255]);
 * tensor.dispose();
 * ```
 */
export async function imageTensor(images: ImageSource, indices: ArrayLike<number>): Promise<tf.Tensor4D> {
  const { height, width, channels } = images.shape;
  const bytes = await images.read(indices);
  return tf.tensor4d(new Float32Array(bytes), [indices.length, height, width, channels], "float32");
}
