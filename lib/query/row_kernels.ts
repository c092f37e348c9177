import type { Matrix } from "../runtime/matrix.ts";
import * as wasm from "./row_kernels.wasm";

/**
 * One number for each row of a matrix, in float64: `largest`, the largest; `gap`, that less the second largest;
 * `entropy`, −Σ x ln x in nats. NaN where the row has NaN in it; the entropy also where it has a negative or infinite
 * number. With fewer than 8 columns it is low by at most 8e-9 times the row's sum, and ranks rows of two as their larger
 * number does; with more it is off by what float32 logarithms round, at most 1.5e-7 times itself and the row's sum.
 *
 * In WebAssembly (row_kernels.wat). Rows are copied to its memory in blocks that stay in the processor's cache, so that
 * the matrix is read from memory once.
 */
export function overRows({ rows, columns, data }: Matrix, kernel: "largest" | "gap" | "entropy"): Float64Array {
  const result = new Float64Array(rows);
  if (rows === 0 || columns === 0) return result;
  const rowsAtOnce = Math.min(rows, Math.max(1, Math.floor(blockNumbers / columns)));
  // The kernels read up to three numbers behind the last row; float64 results begin at a multiple of 8 bytes.
  const resultsAt = blockAt + 8 * Math.ceil((rowsAtOnce * columns + 3) / 2);
  reserve(resultsAt + 8 * rowsAtOnce);
  const block = new Float32Array(wasm.memory.buffer, blockAt);
  const entropy = columns < 8 ? wasm.entropy : wasm.entropyOfMany;
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - first);
    block.set(data.subarray(first * columns, (first + count) * columns));
    if (kernel === "entropy") entropy(blockAt, count, columns, resultsAt, exponentsAt, cellsAt);
    else wasm[kernel](blockAt, count, columns, resultsAt);
    result.set(new Float64Array(wasm.memory.buffer, resultsAt, count), first);
  }
  return result;
}

const blockNumbers = 2 ** 15;
const pageBytes = 2 ** 16;

const exponents = 512;
const cells = 4096;
const exponentsAt = 0;
const cellsAt = exponentsAt + 16 * exponents;
const blockAt = cellsAt + 16 * cells;

/**
 * The tables of the entropy. A number x = 2^e·m, 1 ≤ m < 2, has x ln x = e ln 2 · x + 2^e · m ln m. Its bits name the
 * exponent, and the first twelve of its mantissa a cell of [1, 2), over which m ln m is taken for its chord A + B·m: too
 * large by less than 2⁻²⁴/8. So x ln x ≈ (E + B)·x + P·A with E = e ln 2 and P = 2^e, exactly 0 at 0 and 1.
 */
function writeTables(): void {
  const ofExponent = new Float64Array(wasm.memory.buffer, exponentsAt, 2 * exponents);
  // Sign and exponent together. Negative numbers and those that are not finite are NaN; zeros of either sign are 0.
  ofExponent.fill(NaN);
  for (const zero of [0, 256]) ofExponent.fill(0, 2 * zero, 2 * zero + 2);
  for (let exponent = 1; exponent < 255; exponent++) {
    ofExponent[2 * exponent] = (exponent - 127) * Math.LN2;
    ofExponent[2 * exponent + 1] = 2 ** (exponent - 127);
  }
  const ofCell = new Float64Array(wasm.memory.buffer, cellsAt, 2 * cells);
  for (let cell = 0; cell < cells; cell++) {
    const [start, end] = [1 + cell / cells, 1 + (cell + 1) / cells];
    const slope = (end * Math.log(end) - start * Math.log(start)) * cells;
    ofCell[2 * cell] = start * Math.log(start) - slope * start;
    ofCell[2 * cell + 1] = slope;
  }
}
writeTables();

function reserve(bytes: number): void {
  const missing = bytes - wasm.memory.buffer.byteLength;
  if (missing > 0) wasm.memory.grow(Math.ceil(missing / pageBytes));
}
