import { type Matrix, rowOf } from "../runtime/matrix.ts";

/** Rows scaled to length 1; a row of zeros stays. */
export function unitRows({ rows, columns, data }: Matrix): Matrix {
  const scaled = { rows, columns, data: data.slice() };
  for (let row = 0; row < rows; row++) {
    const values = rowOf(scaled, row);
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
    values.forEach((value, at) => values[at] = value / norm);
  }
  return scaled;
}
