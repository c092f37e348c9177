import { createHash } from "node:crypto";
import { checkIndices } from "./check_indices.ts";
import type { Dataset } from "./dataset.ts";
import { photoSquare, resizePlan } from "./photos/photo_square.ts";
import type { ResizeOptions } from "./photos/resize_options.ts";

/**
 * A dataset whose images are resized whenever they are read, as photos are: a view, which keeps no pixels. Small images
 * become as large as a network wants them; grey ones stay grey.
 *
 * Its checksum is the SHA-256 of the original's (as text) and of how it is resized.
 *
 * @throws {RangeError} if the sizes cannot be
 *
 * @example
 * ```ts
 * import { memoryImages, resized } from "curio";
 * import assert from "node:assert/strict";
 *
 * const dot = {
 *   name: "dot",
 *   images: memoryImages(Uint8Array.of(200), { height: 1, width: 1, channels: 1 }),
 *   labels: Int32Array.of(0),
 *   classNames: ["bright"],
 *   checksum: "00",
 * };
 * const { images } = resized(dot, { crop: 2 });
 * assert.deepEqual(images.shape, { height: 2, width: 2, channels: 1 });
 * assert.deepEqual(await images.read([0]), Uint8Array.of(200, 200, 200, 200));
 * ```
 */
export function resized(dataset: Dataset, options: ResizeOptions): Dataset {
  const plan = resizePlan(options);
  const { images, checksum } = dataset;
  const { height, width, channels } = images.shape;
  const shape = { height: plan.crop, width: plan.crop, channels };
  const [sizeBefore, sizeAfter] = [height * width * channels, plan.crop ** 2 * channels];
  return {
    ...dataset,
    images: {
      count: images.count,
      shape,
      async read(indices) {
        checkIndices(indices, images.count);
        const bytes = await images.read(indices);
        const squares = new Uint8Array(indices.length * sizeAfter);
        for (let place = 0; place < indices.length; place++) {
          const image = bytes.subarray(place * sizeBefore, (place + 1) * sizeBefore);
          const data = channels === 3 ? image : repeated(image);
          const square = photoSquare({ data, width, height }, plan);
          squares.set(channels === 3 ? square : firstOfThree(square), place * sizeAfter);
        }
        return squares;
      },
      viewed: (indices) => ({ images, indices }),
    },
    checksum: createHash("sha256").update(checksum).update(JSON.stringify(plan)).digest("hex"),
  };
}

/** Photos are red, green and blue. */
function repeated(grey: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 3 * grey.length }, (_, place) => grey[Math.floor(place / 3)]);
}

function firstOfThree(colours: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: colours.length / 3 }, (_, place) => colours[3 * place]);
}
