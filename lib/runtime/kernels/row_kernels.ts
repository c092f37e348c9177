import { kernelLibrary } from "./kernel_library.ts";
import * as wasm from "./row_kernels.wasm";

/** The functions of row_kernels.cc, which says what each does; the last parameter of most is the number of threads. */
const signatures = {
  largest: { parameters: ["buffer", "i32", "i32", "buffer", "i32"], result: "void" },
  gap: { parameters: ["buffer", "i32", "i32", "buffer", "i32"], result: "void" },
  entropy: { parameters: ["buffer", "i32", "i32", "buffer", "buffer", "buffer", "i32"], result: "void" },
  innerProduct: { parameters: ["buffer", "i32", "buffer", "i32", "i32"], result: "f64" },
  squaredDistance: { parameters: ["buffer", "i32", "buffer", "i32", "i32"], result: "f64" },
  innerProducts: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "i32", "i32", "buffer", "i32"],
    result: "void",
  },
  squaredDistances: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "i32", "i32", "buffer", "i32"],
    result: "void",
  },
  squaredNorms: { parameters: ["buffer", "i32", "i32", "buffer", "i32"], result: "void" },
  narrowProducts: { parameters: ["buffer", "i32", "i32", "buffer", "i32", "buffer", "i32"], result: "void" },
  twoSmallest: {
    parameters: ["buffer", "i32", "i32", "buffer", "f64", "buffer", "buffer", "buffer", "i32"],
    result: "void",
  },
  fewSmallest: {
    parameters: [
      ...["buffer", "i32", "i32", "buffer", "f64", "buffer", "buffer"] as const,
      ...["i32", "buffer", "i32", "buffer", "buffer", "i32"] as const,
    ],
    result: "void",
  },
  keepSmallest: {
    parameters: [
      ...["buffer", "i32", "i32", "i32", "i32", "buffer", "f64"] as const,
      ...["buffer", "i32", "i32", "buffer", "buffer", "i32"] as const,
    ],
    result: "void",
  },
} as const;

/** The row kernels. */
export type RowKernels = Deno.DynamicLibrary<typeof signatures>["symbols"];

/** The row kernels as set-up compiled them for this processor, or `undefined`: on the caller's memory, in threads. */
export function nativeKernels(path: string = kernelLibrary()): RowKernels | undefined {
  try {
    return Deno.dlopen(path, signatures).symbols; // never closed: it stays as long as the process
  } catch {
    return undefined;
  }
}

/**
 * The row kernels in WebAssembly, the same bit for bit, on one thread: arrays are copied to its memory and what may have
 * been written, all but float32 that is not named, back. Callers give a block of rows at a time.
 */
export function portableKernels(): RowKernels {
  const { memory, innerProduct, squaredDistance, narrowProducts, ...blocks } = wasm;
  const reserve = (bytes: number) => {
    const missing = heapAt + bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 2 ** 16));
  };
  const onCopies = (kernel: (...args: number[]) => void, written = -1) => (...args: readonly (Numbers | number)[]) => {
    const arrays = args.filter((arg) => typeof arg !== "number");
    reserve(arrays.reduce((bytes, { byteLength }) => bytes + aligned(byteLength), 0));
    let next = heapAt;
    const places = args.map((arg) => {
      if (typeof arg === "number") return arg;
      const place = next;
      next += aligned(arg.byteLength);
      new Uint8Array(memory.buffer, place).set(bytesOf(arg));
      return place;
    });
    kernel(...places);
    args.forEach((arg, at) => {
      if (typeof arg === "number" || arg instanceof Float32Array && at !== written) return;
      bytesOf(arg).set(new Uint8Array(memory.buffer, places[at], arg.byteLength));
    });
  };
  const onRows =
    (kernel: (x: number, i: number, y: number, j: number, columns: number) => number) =>
    (x: Float32Array, i: number, y: Float32Array, j: number, columns: number) => {
      reserve(8 * columns);
      const rows = new Float32Array(memory.buffer, heapAt, 2 * columns);
      rows.set(x.subarray(i * columns, (i + 1) * columns));
      rows.set(y.subarray(j * columns, (j + 1) * columns), columns);
      return kernel(heapAt, 0, heapAt, 1, columns);
    };
  const onPairs = (kernel: ReturnType<typeof onRows>) =>
  (
    x: Float32Array,
    lefts: Int32Array,
    y: Float32Array,
    rights: Int32Array,
    ...rest: [number, number, Float64Array]
  ) => {
    const [pairs, columns, out] = rest;
    for (let pair = 0; pair < pairs; pair++) out[pair] = kernel(x, lefts[pair], y, rights[pair], columns);
  };
  const copied = Object.entries(blocks).map(([name, kernel]) => [name, onCopies(kernel)]);
  return {
    ...Object.fromEntries(copied),
    narrowProducts: onCopies(narrowProducts, 5),
    innerProduct: onRows(innerProduct),
    squaredDistance: onRows(squaredDistance),
    innerProducts: onPairs(onRows(innerProduct)),
    squaredDistances: onPairs(onRows(squaredDistance)),
  };
}

type Numbers = Float32Array | Float64Array | Int32Array;

/** Behind the stack, which comes first. */
const heapAt = 2 ** 17;

function aligned(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const native = nativeKernels();

/** Whether they work on the caller's memory, in threads. */
export const kernelsAreNative: boolean = native !== undefined;

/** The row kernels of this process. */
export const rowKernels: RowKernels = native ?? portableKernels();

/** How many rows to give a kernel at once: all, or of the portable ones as many as stay in the processor's cache. */
export function rowsAtOnce(rows: number, columns: number): number {
  return native ? rows : Math.min(rows, Math.max(1, Math.floor(2 ** 15 / columns)));
}

/** The threads for kernels: those that TensorFlow has, without waking it. */
export const kernelThreads: number = Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency;
