import type { Matrix } from "../runtime/matrix.ts";

/** The mean of the rows, as a matrix of one row. */
export function meanRow({ rows, columns, data }: Matrix): Matrix {
  const sums = new Float64Array(columns);
  for (let at = 0; at < data.length; at += columns) {
    for (let column = 0; column < columns; column++) sums[column] += data[at + column];
  }
  return { rows: 1, columns, data: Float32Array.from(sums, (sum) => sum / rows) };
}
