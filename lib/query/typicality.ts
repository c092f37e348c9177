import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { meanRow } from "./mean_row.ts";
import { multiplyRows, release } from "./multiply_rows.ts";
import { squaredDistance, squaredNorm } from "./squared_euclidean.ts";

/** How {@linkcode typicality} is measured. */
export interface TypicalityOptions {
  /** Most neighbours, ≥ 1. Default 20. */
  readonly neighbours?: number;
}

/**
 * How typical each row is among all: (1/K Σ ‖x − x_i‖)⁻¹ over its K = min(`neighbours`, ⌊rows/2⌋) nearest neighbours,
 * at least one. Larger is more typical; Infinity where the neighbours coincide with it, 0 for a row without neighbours.
 *
 * Hacohen, Dekel and Weinshall (2022), ICML, eq. 1. O(rows² · d) time as matrix products, O(rows · d) memory.
 *
 * @param points `[items, features]`, finite
 * @returns `[items]`
 *
 * @example
 * ```ts
 * import { matrix, typicality } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...await typicality(matrix([[-3], [-1], [1], [3]]))], [1 / 3, 1 / 2, 1 / 2, 1 / 3]);
 * ```
 */
export async function typicality(
  points: Matrix,
  { neighbours = 20 }: TypicalityOptions = {},
): Promise<Float64Array> {
  const { rows } = points;
  const count = Math.min(neighbours, Math.max(1, rows >> 1));
  const result = new Float64Array(rows);
  if (rows < 2) return result;
  // About their mean, so that short distances are not differences of long vectors.
  const centred = about(points, meanRow(points).data);
  const norms = Float64Array.from({ length: rows }, (_, row) => squaredNorm(rowOf(centred, row)));
  const nearest = new Float64Array(count);
  const rowsAtOnce = Math.max(1, Math.floor(2 ** 21 / rows));
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const block = blockOf(centred, { from, to: Math.min(rows, from + rowsAtOnce) });
    const products = await multiplyRows(block, centred);
    for (let row = from, at = 0; row < from + block.rows; row++) {
      nearest.fill(Infinity);
      for (let other = 0; other < rows; other++, at++) {
        const scale = norms[row] + norms[other];
        let value = scale - 2 * products[at];
        if (other === row || value >= nearest[count - 1]) continue;
        // Near twins: what is left of the difference is mostly rounding.
        if (value < scale / 100) value = squaredDistance(rowOf(points, row), rowOf(points, other));
        let place = count - 1;
        while (place > 0 && nearest[place - 1] > value) {
          nearest[place] = nearest[place - 1];
          place--;
        }
        if (value < nearest[place]) nearest[place] = value;
      }
      result[row] = count / nearest.reduce((total, value) => total + Math.sqrt(value), 0);
    }
    release(products);
  }
  return result;
}

function about({ rows, columns, data }: Matrix, centre: Float32Array): Matrix {
  const moved = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += columns) {
    for (let column = 0; column < columns; column++) moved[start + column] = data[start + column] - centre[column];
  }
  return { rows, columns, data: moved };
}

function blockOf({ columns, data }: Matrix, { from, to }: { readonly from: number; readonly to: number }): Matrix {
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns) };
}
