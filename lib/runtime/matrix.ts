/**
 * A dense matrix of float32 numbers, row by row: probabilities `[items, classes]`, embeddings `[items, features]`.
 *
 * Plain data, so that it crosses to files, processes and tensors without a copy and can be written by hand in a test.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `rows × columns` numbers; element (i, j) is at `i * columns + j`. */
  readonly data: Float32Array;
}

/**
 * The matrix with these rows.
 *
 * @throws {RangeError} if the rows are not all of one length
 *
 * @example
 * ```ts
 * import { matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.equal(matrix([[0.5, 0.5], [0.25, 0.75]]).data[3], 0.75);
 * ```
 */
export function matrix(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows.length === 0 ? 0 : rows[0].length;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new RangeError(
        `Cannot make a matrix: every row must have as many columns as the first, ${columns}: row ${index} has ${row.length}`,
      );
    }
    data.set(row, index * columns);
  });
  return { rows: rows.length, columns, data };
}

/** Row `index` of a matrix, as a view on its data. */
export function rowOf({ columns, data }: Matrix, index: number): Float32Array {
  return data.subarray(index * columns, (index + 1) * columns);
}

/** The rows at `indices`, in that order, in a new matrix. */
export function gatherRows(source: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns } = source;
  const data = new Float32Array(indices.length * columns);
  for (let place = 0; place < indices.length; place++) data.set(rowOf(source, indices[place]), place * columns);
  return { rows: indices.length, columns, data };
}
