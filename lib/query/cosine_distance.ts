import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { multiplyRowsNearly } from "./multiply_rows.ts";
import { type StackedRows, stackedRows } from "./stacked_rows.ts";

/**
 * 1 − cos(x_i, x_j) between the rows of `matrices`, numbered as if they stood under each other; in [0, 2]. The cosine
 * with a zero vector is 0, as in scikit-learn.
 *
 * Rows must be finite.
 */
export function cosineDistance(...matrices: readonly Matrix[]): Dissimilarity {
  const rows = stackedRows(...matrices);
  const inverse = rows.squaredNorms().map((square) => square > 0 ? 1 / Math.sqrt(square) : 0);
  return {
    count: rows.count,
    base: new Float64Array(rows.count).fill(0.5),
    factor: 1,
    norm: new Float64Array(rows.count).fill(1),
    terms: rows.columns,
    value: (i, j) => Math.max(0, 1 - rows.innerProduct(i, j) * (inverse[i] * inverse[j])),
    values: (lefts, rights) =>
      rows.innerProducts(lefts, rights).map((product, pair) =>
        Math.max(0, 1 - product * (inverse[lefts[pair]] * inverse[rights[pair]]))
      ),
    products: (lefts, rights) =>
      multiplyRowsNearly(unitRows(rows, { indices: lefts, inverse }), unitRows(rows, { indices: rights, inverse })),
  };
}

interface UnitRowsOptions {
  readonly indices: Int32Array;
  /** 1 ÷ ‖x‖, of every row. */
  readonly inverse: Float64Array;
}

function unitRows(rows: StackedRows, { indices, inverse }: UnitRowsOptions): Matrix {
  const { columns } = rows;
  const data = new Float32Array(indices.length * columns);
  for (let place = 0, at = 0; place < indices.length; place++) {
    const scale = inverse[indices[place]];
    for (const value of rows.row(indices[place])) data[at++] = value * scale;
  }
  return { rows: indices.length, columns, data };
}
