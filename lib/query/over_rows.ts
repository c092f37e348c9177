import { kernelThreads, type RowKernels, rowKernels, rowsAtOnce } from "../runtime/kernels/row_kernels.ts";
import type { Matrix } from "../runtime/matrix.ts";

/** Where {@linkcode overRows} computes. */
export interface OverRowsOptions {
  /** Default: those of this process. */
  readonly kernels?: RowKernels;
}

/**
 * One number for each row of a matrix, in float64: `largest`, the largest; `gap`, that less the second largest;
 * `entropy`, −Σ x ln x in nats. NaN where the row has NaN in it; the entropy also where it has a negative or infinite
 * number. With fewer than 8 columns it is low by at most 8e-9 times the row's sum, and ranks rows of two as their larger
 * number does; with more it is off by what float32 logarithms round, at most 1.5e-7 times itself and the row's sum.
 */
export function overRows(
  { rows, columns, data }: Matrix,
  kernel: "largest" | "gap" | "entropy",
  { kernels = rowKernels }: OverRowsOptions = {},
): Float64Array {
  const result = new Float64Array(rows);
  if (rows === 0 || columns === 0) return result;
  const atOnce = rowsAtOnce(rows, columns);
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    const block = data.subarray(first * columns, (first + count) * columns);
    const out = result.subarray(first, first + count);
    if (kernel === "entropy") kernels.entropy(block, count, columns, out, exponents, cells, kernelThreads);
    else kernels[kernel](block, count, columns, out, kernelThreads);
  }
  return result;
}

/**
 * The tables of the entropy. A number x = 2^e·m, 1 ≤ m < 2, has x ln x = e ln 2 · x + 2^e · m ln m. Its bits name the
 * exponent, and the first twelve of its mantissa a cell of [1, 2), over which m ln m is taken for its chord A + B·m: too
 * large by less than 2⁻²⁴/8. So x ln x ≈ (E + B)·x + P·A with E = e ln 2 and P = 2^e, exactly 0 at 0 and 1.
 *
 * E and P of each sign and exponent: negative numbers and those that are not finite are NaN, zeros of either sign 0.
 */
const exponents = new Float64Array(2 * 512).fill(NaN);
for (const zero of [0, 256]) exponents.fill(0, 2 * zero, 2 * zero + 2);
for (let exponent = 1; exponent < 255; exponent++) {
  exponents[2 * exponent] = (exponent - 127) * Math.LN2;
  exponents[2 * exponent + 1] = 2 ** (exponent - 127);
}

/** A and B of each cell. */
const cells = new Float64Array(2 * 4096);
for (let cell = 0; cell < 4096; cell++) {
  const [start, end] = [1 + cell / 4096, 1 + (cell + 1) / 4096];
  const slope = (end * Math.log(end) - start * Math.log(start)) * 4096;
  cells[2 * cell] = start * Math.log(start) - slope * start;
  cells[2 * cell + 1] = slope;
}
