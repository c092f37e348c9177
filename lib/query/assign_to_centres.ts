import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { multiplyRows, release } from "./multiply_rows.ts";
import { squaredNorm } from "./squared_euclidean.ts";
import type { StackedRows } from "./stacked_rows.ts";

/** Where {@linkcode assignToCentres} writes; all as long as the points, and only the assigned rows are touched. */
export interface Assignment {
  /** The nearest centre of each point; of equals, the first. */
  readonly nearest: Int32Array;
  /** Squared distance to it. */
  readonly distance: Float64Array;
  /** Squared distance to the second nearest; Infinity where there is one centre. */
  readonly second: Float64Array;
}

/** What {@linkcode assignToCentres} assigns. */
export interface AssignOptions {
  readonly centres: Matrix;
  /** Rows to assign. */
  readonly items: Int32Array;
  readonly assignment: Assignment;
}

/** Assigns rows to their nearest centres in squared Euclidean distance: blocks of matrix products, 8 MiB at a time. */
export async function assignToCentres(
  rows: StackedRows,
  { centres, items, assignment: { nearest, distance, second } }: AssignOptions,
): Promise<void> {
  const width = centres.rows;
  const norms = Float64Array.from(
    { length: width },
    (_, centre) => squaredNorm(rowOf(centres, centre)),
  );
  const rowsAtOnce = Math.max(64, Math.min(4096, Math.floor(2 ** 21 / width)));
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    const block = items.subarray(from, from + rowsAtOnce);
    const points = rows.gather(block);
    const products = await multiplyRows(points, centres);
    for (let place = 0, start = 0; place < block.length; place++, start += width) {
      let best = Infinity;
      let runnerUp = Infinity;
      let at = 0;
      for (let centre = 0; centre < width; centre++) {
        const value = norms[centre] - 2 * products[start + centre];
        if (value >= runnerUp) continue;
        if (value < best) {
          runnerUp = best;
          best = value;
          at = centre;
        } else runnerUp = value;
      }
      const own = squaredNorm(rowOf(points, place));
      nearest[block[place]] = at;
      distance[block[place]] = Math.max(0, best + own);
      second[block[place]] = Math.max(0, runnerUp + own);
    }
    release(products);
  }
}
