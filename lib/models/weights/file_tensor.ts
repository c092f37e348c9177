import { DataFormatError } from "../../data/data_format_error.ts";
import { bytesOf, float32Numbers, type NumberType } from "./number_type.ts";
import type { StateTensor } from "./state_dict.ts";
import { inRows, rowStrides } from "./strided.ts";

/** Where the numbers of a tensor lie in a file. */
export interface TensorPlace {
  readonly name: string;
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** Numbers from one element to the next along each axis. Default: row by row. */
  readonly strides?: readonly number[];
  /** The numbers that the tensor may use: where they begin in the file, in bytes, and how many there are. */
  readonly storage: { readonly start: number; readonly length: number };
  /** Of the first element within the storage, in numbers. Default 0. */
  readonly offset?: number;
}

/** Four times the largest layer there is in the catalogue, VGG's first dense layer. */
const largestTensor = 2 ** 29;
const mostAxes = 8;

/**
 * A tensor whose numbers lie in a file as they are, one storage possibly under several tensors.
 *
 * @throws {DataFormatError} if the shape is absurd or reaches out of the storage
 */
export function fileTensor(file: string, place: TensorPlace): StateTensor {
  const { name, type, shape, strides = rowStrides(shape), storage, offset = 0 } = place;
  const size = checkedSize(file, { name, shape });
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  const last = offset + shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis], 0);
  const fits = strides.length === shape.length && strides.every(isCount) && isCount(offset) &&
    (size === 0 || last < storage.length);
  if (!fits) {
    throw new DataFormatError({
      file,
      rule: `tensor "${name}" must lie within its ${storage.length} stored numbers`,
      value: `shape [${shape}] with strides [${strides}] from number ${offset}`,
    });
  }
  return {
    shape,
    type,
    async read() {
      if (size === 0) return new Float32Array(0);
      const width = bytesOf(type);
      const buffer = await readRange(file, {
        start: storage.start + offset * width,
        length: (last - offset + 1) * width,
      });
      const numbers = inRows(float32Numbers(buffer, type), { shape, strides });
      checkFinite(file, { name, numbers });
      return numbers;
    },
  };
}

/**
 * The number of elements of a tensor.
 *
 * @throws {DataFormatError} if the shape is none, or larger than any network's
 */
export function checkedSize(file: string, { name, shape }: { name: string; shape: readonly number[] }): number {
  const size = shape.reduce((product, side) => product * side, 1);
  const isShape = shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (isShape && shape.length <= mostAxes && size <= largestTensor) return size;
  const shown = shape.slice(0, mostAxes).join(", ") + (shape.length > mostAxes ? ", …" : "");
  throw new DataFormatError({
    file,
    rule: `tensor "${name}" must have ${mostAxes} axes and ${largestTensor} numbers at most`,
    value: `the shape [${shown}]`,
  });
}

/** @throws {DataFormatError} naming the tensor and the place, if a number is NaN or infinite */
export function checkFinite(
  file: string,
  { name, numbers }: { name: string; numbers: Float32Array },
): void {
  // A plain loop: a callback for each number takes ten times as long.
  let strange = 0;
  while (strange < numbers.length && numbers[strange] - numbers[strange] === 0) strange++;
  if (strange === numbers.length) return;
  throw new DataFormatError({
    file,
    rule: `the numbers of tensor "${name}" must be finite as float32`,
    value: `${numbers[strange]} at place ${strange}`,
    remedy: "The training that made it has diverged, or the file is damaged: take another checkpoint.",
  });
}

/** Bytes of a file, all of them or an error. */
export async function readRange(
  path: string,
  { start, length }: { start: number; length: number },
): Promise<ArrayBuffer> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (start + length > size) {
    throw new DataFormatError({
      file: path,
      offset: start,
      rule: `it must have ${length} bytes from here on`,
      value: Math.max(0, size - start),
    });
  }
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) {
      throw new DataFormatError({ file: path, rule: "it must not shrink while read", value: "the end" });
    }
    done += read;
  }
  return bytes.buffer;
}
