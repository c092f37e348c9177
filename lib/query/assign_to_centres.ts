import type { Matrix } from "../runtime/matrix.ts";
import { multiplyRows, release } from "./multiply_rows.ts";
import { twoSmallest } from "./smallest.ts";
import { squaredNorms } from "./squared_norms.ts";
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
  const bases = squaredNorms(centres);
  const rowsAtOnce = Math.max(64, Math.min(4096, Math.floor(2 ** 21 / width)));
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    const block = items.subarray(from, from + rowsAtOnce);
    const points = rows.gather(block);
    const products = await multiplyRows(points, centres);
    const found = twoSmallest({ products, bases, factor: 2 });
    release(products);
    squaredNorms(points).forEach((norm, place) => {
      const row = block[place];
      nearest[row] = found.at[place];
      distance[row] = Math.max(0, found.smallest[place] + norm);
      second[row] = Math.max(0, found.second[place] + norm);
    });
  }
}
