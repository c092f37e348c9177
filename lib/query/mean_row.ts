import type { Matrix } from "../runtime/matrix.ts";
import { eachBlock, type RowReader } from "../runtime/row_reader.ts";

/** The mean of the rows, as a matrix of one row. */
export function meanRow({ rows, columns, data }: Matrix): Matrix {
  const sums = new Float64Array(columns);
  addRows(sums, data);
  return { rows: 1, columns, data: Float32Array.from(sums, (sum) => sum / rows) };
}

/** The same number for number, of rows that are read in blocks. */
export async function meanOfBlocks(reader: RowReader): Promise<Matrix> {
  const sums = new Float64Array(reader.columns);
  for await (const { block } of eachBlock(reader)) addRows(sums, block.data);
  return { rows: 1, columns: reader.columns, data: Float32Array.from(sums, (sum) => sum / reader.rows) };
}

function addRows(sums: Float64Array, data: Float32Array): void {
  for (let at = 0; at < data.length; at += sums.length) {
    for (let column = 0; column < sums.length; column++) sums[column] += data[at + column];
  }
}
