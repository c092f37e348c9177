import { cApi } from "./c_api.ts";

/** Element types by the numbers that TensorFlow's C API gives them. */
export const dataTypes = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** An element type. */
export type DataType = keyof typeof dataTypes;

const bytesOf: Partial<Record<DataType, number>> = { float32: 4, float64: 8, int32: 4, uint8: 1, int64: 8, bool: 1 };

/**
 * A tensor in TensorFlow's memory that JavaScript reads and writes in place.
 *
 * TensorFlow allocates it, so there is no deallocator to be called on a thread where JavaScript cannot run. The views
 * die with {@linkcode delete}; whoever made the tensor calls it.
 */
export class NativeTensor {
  static #alive = 0;
  readonly pointer: Deno.PointerObject;
  readonly shape: readonly number[];
  readonly #buffer: ArrayBuffer;
  #deleted = false;

  /** Takes over a tensor that TensorFlow made, or allocates one, filled with zeros. */
  constructor(source: Deno.PointerObject | { readonly type: DataType; readonly shape: readonly number[] }) {
    const c = cApi();
    const pointer = "type" in source ? allocate(source.type, source.shape) : source;
    this.pointer = pointer;
    this.shape = Array.from({ length: c.TF_NumDims(pointer) }, (_, axis) => Number(c.TF_Dim(pointer, axis)));
    const size = Number(c.TF_TensorByteSize(pointer));
    const data = c.TF_TensorData(pointer);
    this.#buffer = data && size > 0 ? Deno.UnsafePointerView.getArrayBuffer(data, size) : new ArrayBuffer(0);
    // TensorFlow hands out what the last owner left there.
    if ("type" in source) this.bytes.fill(0);
    NativeTensor.#alive++;
  }

  /** Tensors made and not yet deleted, in this process: what leak tests count. */
  static get alive(): number {
    return NativeTensor.#alive;
  }

  /** Its memory as float32. */
  get float32(): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer);
  }

  /** Its memory as float64. */
  get float64(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer);
  }

  /** Its memory as int32. */
  get int32(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer);
  }

  /** Its memory, byte by byte. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer);
  }

  /** Gives the memory back, once TensorFlow itself is done with it too; a second call does nothing. */
  delete(): void {
    if (this.#deleted) return;
    this.#deleted = true;
    NativeTensor.#alive--;
    cApi().TF_DeleteTensor(this.pointer);
  }
}

function allocate(type: DataType, shape: readonly number[]): Deno.PointerObject {
  const elements = shape.reduce((product, size) => product * size, 1);
  const bytes = elements * (bytesOf[type] ?? 0);
  const pointer = cApi().TF_AllocateTensor(dataTypes[type], int64s(shape), shape.length, BigInt(bytes));
  if (!pointer) throw new RangeError(`Cannot allocate a ${type} tensor [${shape.join(", ")}]: TensorFlow refuses`);
  return pointer;
}

/** Numbers as C's `int64_t[]`. */
export function int64s(values: readonly number[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(values, BigInt);
}
