import { gatherRows, type Matrix, rowOf } from "../runtime/matrix.ts";
import { eachBlock, type RowReader } from "../runtime/row_reader.ts";
import type { Picks } from "./query_strategy.ts";
import { squaredNorms } from "./squared_norms.ts";

/** What {@linkcode amongUsable} needs to know. */
export interface AmongUsableOptions {
  /** How many rows there are. */
  readonly count: number;
  /** Whether the selector can compare a row with others. */
  readonly usable: (row: number) => boolean;
  /** Items to pick; at most `count`. */
  readonly k: number;
  /** Order, ascending, of what cannot be compared. Default: by row. */
  readonly lots?: ArrayLike<number>;
}

/**
 * Picks with a selector that knows only good numbers: rows that it cannot use come last, when nothing else is left,
 * with the score NaN.
 *
 * @param pick chooses `wanted` places among `rows`, the rows that are usable; returns places in `rows`
 */
export async function amongUsable(
  { count, usable, k, lots }: AmongUsableOptions,
  pick: (rows: Int32Array, wanted: number) => Promise<Picks>,
): Promise<Picks> {
  const everyone = Int32Array.from({ length: count }, (_, row) => row);
  const good = everyone.filter(usable);
  const wanted = Math.min(k, good.length);
  const picks = wanted > 0 ? await pick(good, wanted) : { rows: [], scores: [] };
  const rows = Array.from(picks.rows, (place) => good[place]);
  const scores = Array.from(picks.scores);
  if (wanted < k) {
    const known = new Set(good);
    const rest = everyone.filter((row) => !known.has(row)).sort((a, b) => lots ? lots[a] - lots[b] : a - b);
    for (const row of rest.subarray(0, k - wanted)) {
      rows.push(row);
      scores.push(NaN);
    }
  }
  return { rows, scores };
}

/** Of each row, whether every number in it is finite. */
export function finiteRows(source: Matrix): (row: number) => boolean {
  const norms = squaredNorms(source);
  return (row) => norms[row] < Infinity;
}

/** The same, of rows that are read in blocks. */
export async function finiteBlocks(source: RowReader): Promise<(row: number) => boolean> {
  const isFinite = new Uint8Array(source.rows);
  for await (const { first, block } of eachBlock(source)) {
    squaredNorms(block).forEach((norm, row) => isFinite[first + row] = norm < Infinity ? 1 : 0);
  }
  return (row) => isFinite[row] === 1;
}

/** Of each row, whether it is a distribution once divided by its sum: finite, nothing below 0, not all 0. */
export function rowsWithMass(source: Matrix): (row: number) => boolean {
  return (row) => {
    let total = 0;
    for (const value of rowOf(source, row)) {
      if (!(value >= 0)) return false;
      total += value;
    }
    return total > 0 && total < Infinity;
  };
}

/** The rows of a matrix at `rows`; the matrix itself if those are all of them, in order. */
export function rowsAt(source: Matrix, rows: Int32Array): Matrix {
  return rows.length === source.rows && rows.every((row, place) => row === place) ? source : gatherRows(source, rows);
}

/** The rows of a matrix that pass a test; the matrix itself if all do. */
export function rowsThat(passing: (source: Matrix) => (row: number) => boolean, source: Matrix): Matrix {
  const rows = Int32Array.from({ length: source.rows }, (_, row) => row);
  return rowsAt(source, rows.filter(passing(source)));
}
