import { createHash } from "node:crypto";
import { DataFormatError } from "./data_format_error.ts";
import type { Dataset, ImageShape } from "./dataset.ts";
import { memoryImages } from "./memory_images.ts";
import { parseIdx } from "./parse_idx.ts";
import type { FileContent } from "./read_content.ts";

/** What IDX files do not say about themselves. */
export interface IdxDatasetOptions {
  readonly name: string;
  readonly classNames: readonly string[];
  /** The label of the first class: EMNIST's letters count from 1. Default: 0. */
  readonly firstLabel?: number;
  /** Whether images are stored column by column, as EMNIST's are; they are turned upright. Default: false. */
  readonly transposed?: boolean;
}

/**
 * The dataset in a pair of IDX files: grey images and their labels.
 *
 * @throws {DataFormatError} if either file is not a whole IDX file, they differ in count, or a label is out of range
 *
 * @example
 * ```ts
 * import { idxDataset, readContent } from "curio";
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * // One image of 1×2 pixels, and its label.
 * Deno.writeFileSync(`${folder}/images`, Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20));
 * Deno.writeFileSync(`${folder}/labels`, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 1));
 * const images = await readContent(`${folder}/images`, { limit: 1000 });
 * const labels = await readContent(`${folder}/labels`, { limit: 1000 });
 * const mine = idxDataset({ images, labels }, { name: "mine", classNames: ["cat", "dog"] });
 * assert.deepEqual(await mine.images.read([0]), Uint8Array.of(10, 20));
 * ```
 */
export function idxDataset(
  { images, labels }: { images: FileContent; labels: FileContent },
  { name, classNames, firstLabel = 0, transposed = false }: IdxDatasetOptions,
): Dataset {
  const pixels = parseIdx(images, { dimensions: 3 });
  const [count, rows, columns] = pixels.shape;
  const { shape: [labelCount], values } = parseIdx(labels, { dimensions: 1 });
  if (labelCount !== count) {
    throw new DataFormatError({
      file: labels.path,
      offset: 4,
      rule: `there must be a label for each of the ${count} images in ${images.path}`,
      value: labelCount,
      remedy: "Check that both files belong together: both of the training set, or both of the test set.",
    });
  }
  const last = firstLabel + classNames.length - 1;
  const wrong = values.findIndex((label) => label < firstLabel || label > last);
  if (wrong >= 0) {
    throw new DataFormatError({
      file: labels.path,
      offset: 8 + wrong,
      rule: `a label must be in ${firstLabel}…${last}`,
      value: values[wrong],
    });
  }
  const shape: ImageShape = transposed
    ? { height: columns, width: rows, channels: 1 }
    : { height: rows, width: columns, channels: 1 };
  return {
    name,
    images: memoryImages(transposed ? transpose(pixels.values, shape) : pixels.values, shape),
    labels: Int32Array.from(values, (label) => label - firstLabel),
    classNames,
    checksum: createHash("sha256").update(images.checksum).update(labels.checksum).digest("hex"),
  };
}

/** Images stored column by column, as images of `shape` stored row by row. */
function transpose(columnwise: Uint8Array, { height, width }: ImageShape): Uint8Array {
  const rowwise = new Uint8Array(columnwise.length);
  const size = height * width;
  for (let image = 0; image < columnwise.length; image += size) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) rowwise[image + y * width + x] = columnwise[image + x * height + y];
    }
  }
  return rowwise;
}
