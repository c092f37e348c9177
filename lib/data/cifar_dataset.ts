import { createHash } from "node:crypto";
import { DataFormatError } from "./data_format_error.ts";
import type { Dataset, ImageShape } from "./dataset.ts";
import { memoryImages } from "./memory_images.ts";
import type { FileContent } from "./read_content.ts";

/** What CIFAR's binary files do not say about themselves. */
export interface CifarDatasetOptions {
  readonly name: string;
  readonly classNames: readonly string[];
  /** Label bytes before each image: 1 in CIFAR-10; 2 in CIFAR-100, the coarse label and the fine one. Default: 1. */
  readonly labelBytes?: 1 | 2;
  /** Which of them is the label: 0 for CIFAR-100's coarse one, 1 for its fine one. Default: the last. */
  readonly labelByte?: 0 | 1;
}

const shape: ImageShape = { height: 32, width: 32, channels: 3 };
const planeSize = shape.height * shape.width;

/**
 * The dataset in files of the CIFAR binary version (Krizhevsky, 2009), one after the other. A record is the label bytes,
 * then 1,024 red, 1,024 green and 1,024 blue bytes, row by row.
 *
 * @throws {DataFormatError} if a file is empty or not a whole number of records, or a label is out of range
 */
export function cifarDataset(
  files: readonly FileContent[],
  { name, classNames, labelBytes = 1, labelByte = labelBytes === 1 ? 0 : 1 }: CifarDatasetOptions,
): Dataset {
  const recordSize = labelBytes + 3 * planeSize;
  for (const { path, bytes } of files) {
    if (bytes.length === 0 || bytes.length % recordSize !== 0) {
      throw new DataFormatError({
        file: path,
        offset: bytes.length - bytes.length % recordSize,
        rule: `a CIFAR file must be made of whole records of ${recordSize} bytes`,
        value: `${bytes.length} bytes`,
      });
    }
  }
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / recordSize, 0);
  const labels = new Int32Array(count);
  const pixels = new Uint8Array(count * 3 * planeSize);
  let image = 0;
  for (const { path, bytes } of files) {
    for (let record = 0; record < bytes.length; record += recordSize) {
      const label = bytes[record + labelByte];
      if (label >= classNames.length) {
        throw new DataFormatError({
          file: path,
          offset: record + labelByte,
          rule: `a label must be in 0…${classNames.length - 1}`,
          value: label,
        });
      }
      labels[image] = label;
      interleave(bytes.subarray(record + labelBytes, record + recordSize), pixels, { at: image * 3 * planeSize });
      image++;
    }
  }
  const hash = createHash("sha256");
  for (const { checksum } of files) hash.update(checksum);
  return { name, images: memoryImages(pixels, shape), labels, classNames, checksum: hash.digest("hex") };
}

/** Three planes of colour to pixels of red, green and blue. */
function interleave(planes: Uint8Array, pixels: Uint8Array, { at }: { at: number }): void {
  for (let place = 0; place < planeSize; place++) {
    const pixel = at + 3 * place;
    pixels[pixel] = planes[place];
    pixels[pixel + 1] = planes[planeSize + place];
    pixels[pixel + 2] = planes[2 * planeSize + place];
  }
}
