import { DataFormatError } from "./data_format_error.ts";
import type { FileContent } from "./read_content.ts";

/** An array of bytes with its shape. */
export interface IdxArray {
  /** The length of each dimension, slowest first: `[images, height, width]`, or `[labels]`. */
  readonly shape: readonly number[];
  /** The elements, as a view on the content. */
  readonly values: Uint8Array;
}

/** IDX's code for elements that are unsigned bytes. */
const unsignedByte = 0x08;

/**
 * Reads an IDX file, the format of MNIST and its kin (LeCun, Cortes and Burges, 1998): two zero bytes, the element type,
 * the number of dimensions, the length of each as a big-endian uint32, then the elements, the last dimension fastest.
 *
 * @param dimensions how many the file must have: 3 for images, 1 for labels
 * @throws {DataFormatError} if the magic number is another, a dimension is zero, or the content is not exactly as long
 *   as its header says
 */
export function parseIdx({ path, bytes }: FileContent, { dimensions }: { dimensions: number }): IdxArray {
  const headerSize = 4 + 4 * dimensions;
  if (bytes.length < headerSize) {
    throw new DataFormatError({
      file: path,
      offset: bytes.length,
      rule: `an IDX file of ${dimensions} dimensions must begin with ${headerSize} header bytes`,
      value: `${bytes.length} bytes in all`,
    });
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerSize);
  const magic = (unsignedByte << 8) | dimensions;
  if (header.getUint32(0) !== magic) {
    throw new DataFormatError({
      file: path,
      offset: 0,
      rule: `an IDX file of unsigned bytes in ${dimensions} dimensions must begin with the magic number ${magic}`,
      value: header.getUint32(0),
      remedy: "Check that this is the file its name says, and not one of its neighbours.",
    });
  }
  const shape = Array.from({ length: dimensions }, (_, dimension) => header.getUint32(4 + 4 * dimension));
  const empty = shape.indexOf(0);
  if (empty >= 0) {
    throw new DataFormatError({ file: path, offset: 4 + 4 * empty, rule: "no dimension may be zero", value: 0 });
  }
  const size = headerSize + shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== size) {
    throw new DataFormatError({
      file: path,
      offset: Math.min(bytes.length, size),
      rule: `the header says ${shape.join("×")}, so the content must end at byte ${size}`,
      value: bytes.length,
    });
  }
  return { shape, values: bytes.subarray(headerSize) };
}
