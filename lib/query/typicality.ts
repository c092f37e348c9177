import type { Matrix } from "../runtime/matrix.ts";
import { integersBetween } from "./dissimilarity.ts";
import { nearestNeighbours, type Neighbours } from "./nearest_neighbours.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

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
  if (rows < 2) return new Float64Array(rows);
  const count = Math.min(neighbours, Math.max(1, rows >> 1));
  const { values } = await neighboursAmong(points, count);
  return Float64Array.from(
    { length: rows },
    (_, row) => typicalityOf(values.subarray(row * count, (row + 1) * count)),
  );
}

/** (Mean distance)⁻¹, from squared distances. */
export function typicalityOf(squares: Float64Array): number {
  let total = 0;
  for (let place = 0; place < squares.length; place++) total += Math.sqrt(squares[place]);
  return squares.length / total;
}

/** Of each row the `count` nearest others, by squared Euclidean distance. */
export async function neighboursAmong(points: Matrix, count: number): Promise<Neighbours> {
  const items = integersBetween(0, points.rows);
  return await nearestNeighbours(squaredEuclidean(points), { items, others: items, count });
}
