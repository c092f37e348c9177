import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { stackedRows } from "./stacked_rows.ts";

/**
 * ‖x_i − x_j‖² between the rows of `matrices`, numbered as if they stood under each other: = ‖x_i‖² + ‖x_j‖² − 2⟨x_i,
 * x_j⟩.
 *
 * Rows must be finite.
 */
export function squaredEuclidean(...matrices: readonly Matrix[]): Dissimilarity {
  const rows = stackedRows(...matrices);
  const base = rows.squaredNorms();
  return {
    count: rows.count,
    base,
    factor: 2,
    norm: base.map(Math.sqrt),
    terms: rows.columns,
    value: rows.squaredDistance,
    values: rows.squaredDistances,
    products: rows.products,
  };
}
