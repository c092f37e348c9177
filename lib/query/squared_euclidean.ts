import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { multiplyRows } from "./multiply_rows.ts";
import { stackedRows } from "./stacked_rows.ts";

/**
 * ‖x_i − x_j‖² between the rows of `matrices`, numbered as if they stood under each other: = ‖x_i‖² + ‖x_j‖² − 2⟨x_i,
 * x_j⟩.
 *
 * Rows must be finite.
 */
export function squaredEuclidean(...matrices: readonly Matrix[]): Dissimilarity {
  const rows = stackedRows(...matrices);
  const base = Float64Array.from({ length: rows.count }, (_, index) => squaredNorm(rows.row(index)));
  return {
    count: rows.count,
    base,
    factor: 2,
    norm: base.map(Math.sqrt),
    terms: rows.columns,
    value: (i, j) => squaredDistance(rows.row(i), rows.row(j)),
    products: (lefts, rights) => multiplyRows(rows.gather(lefts), rows.gather(rights)),
  };
}

/** ‖x − y‖² in float64. */
export function squaredDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let total = 0;
  for (let feature = 0; feature < x.length; feature++) {
    const difference = x[feature] - y[feature];
    total += difference * difference;
  }
  return total;
}

/** ⟨x, y⟩ in float64. */
export function innerProduct(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let total = 0;
  for (let feature = 0; feature < x.length; feature++) total += x[feature] * y[feature];
  return total;
}

/** ‖x‖² in float64. */
export function squaredNorm(x: ArrayLike<number>): number {
  return innerProduct(x, x);
}
