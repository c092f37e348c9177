/** How each kind of number is written, and read into an array that `Float32Array` can be made of; little-endian. */
const readers = {
  float64: { bytes: 8, read: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  float32: { bytes: 4, read: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  float16: { bytes: 2, read: (buffer: ArrayBuffer) => new Float16Array(buffer) },
  bfloat16: { bytes: 2, read: readBfloat16 },
  int64: { bytes: 8, read: (buffer: ArrayBuffer) => Float64Array.from(new BigInt64Array(buffer), Number) },
  int32: { bytes: 4, read: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  int16: { bytes: 2, read: (buffer: ArrayBuffer) => new Int16Array(buffer) },
  int8: { bytes: 1, read: (buffer: ArrayBuffer) => new Int8Array(buffer) },
  uint8: { bytes: 1, read: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
  bool: { bytes: 1, read: (buffer: ArrayBuffer) => new Uint8Array(buffer).map((value) => value === 0 ? 0 : 1) },
} as const;

/** How a weights file writes a number. */
export type NumberType = keyof typeof readers;

/** The size of one number. */
export function bytesOf(type: NumberType): number {
  return readers[type].bytes;
}

/** Numbers as float32, from a buffer that holds nothing else; of a float32 buffer a view. */
export function float32Numbers(buffer: ArrayBuffer, type: NumberType): Float32Array<ArrayBuffer> {
  const numbers = readers[type].read(buffer);
  return numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
}

/** A bfloat16 is the upper half of a float32. */
function readBfloat16(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
}
