import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { amongUsable, hasMass, isFiniteRow, rowsAt, rowsThat } from "./among_usable.ts";
import { cosineDistance } from "./cosine_distance.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { drawById } from "./draw_by_id.ts";
import { farthestFirst } from "./farthest_first.ts";
import { jensenShannon } from "./jensen_shannon.ts";
import type { Picks } from "./query_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";
import { symmetricKL } from "./symmetric_kl.ts";

/** What {@linkcode greedyMaxMin} may measure by; the last two are between distributions. */
export type Distance = "euclidean" | "cosine" | "symmetricKL" | "jensenShannon";

/** How {@linkcode greedyMaxMin} chooses. */
export interface GreedyMaxMinOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  /** What is covered already, of the same width. Default: nothing. */
  readonly labelled?: Matrix;
  /**
   * `euclidean` (default); `cosine`, 1 − cos, so that each pick has the smallest largest similarity; `symmetricKL`,
   * KL(p‖q) + KL(q‖p), or `jensenShannon`, both in nats.
   */
  readonly distance?: Distance;
  /** Smallest probability that `symmetricKL` tells from zero; > 0. Default: 0.001. */
  readonly floor?: number;
  /** How many farther candidates each pick steps over, for data with outliers. Default: 0. */
  readonly outliers?: number;
  /** Draws lots between equally far candidates; left out, the lower row wins. */
  readonly random?: Random;
  /** Stable ids of the rows, which draw the lots; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/**
 * Greedy max-min selection (Gonzalez, 1985): each pick is the row farthest from the nearest of what is labelled or
 * picked already. For metrics the largest distance that remains is at most twice the smallest possible.
 *
 * With nothing labelled the first pick is the row nearest to the mean row, and its score is Infinity. Rows that are not
 * finite come last, with the score NaN, and so do rows without mass where distributions are compared; such labelled rows
 * are ignored. See {@linkcode farthestFirst} for how it is done and what it costs.
 *
 * @returns rows in the order picked, and of each its distance to the nearest at that moment
 * @throws {RangeError} if `k`, `floor` or `outliers` is out of range, or the widths differ
 *
 * @example
 * ```ts
 * import { greedyMaxMin, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const points = matrix([[0], [1], [5], [9]]);
 * const { rows, scores } = await greedyMaxMin(points, { k: 2, labelled: matrix([[0]]) });
 * assert.deepEqual([[...rows], [...scores]], [[3, 2], [9, 4]]);
 * ```
 */
export async function greedyMaxMin(points: Matrix, options: GreedyMaxMinOptions): Promise<Picks> {
  const { k, labelled, distance = "euclidean", floor = 0.001, outliers = 0, random, ids } = options;
  checkOptions(points, { k, floor, outliers });
  const draw = random ? drawById(random) : undefined;
  const lots = draw && Float64Array.from({ length: points.rows }, (_, row) => draw(ids?.[row] ?? row));
  const comparable = distance === "symmetricKL" || distance === "jensenShannon" ? hasMass : isFiniteRow;
  const usable = (row: number) => comparable(points, row);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const candidates = rowsAt(points, rows);
    const known = labelled ? [rowsThat(comparable, labelled)] : [];
    const ownLots = lots && Float64Array.from(rows, (row) => lots[row]);
    const { measure, unit } = measures(floor)[distance];
    const picks = await farthestFirst(measure(candidates, ...known), {
      candidates: candidates.rows,
      k: wanted,
      outliers,
      lots: ownLots,
      first: () => nearestTo(measure(candidates, meanRow(candidates)), { count: candidates.rows, lots: ownLots }),
    });
    return { rows: picks.rows, scores: picks.scores.map(unit) };
  });
}

/** How each distance is computed, and what turns its values into the units of scores. */
function measures(floor: number): Record<Distance, Measure> {
  const asItIs = (value: number) => value;
  return {
    euclidean: { measure: squaredEuclidean, unit: Math.sqrt },
    cosine: { measure: cosineDistance, unit: asItIs },
    symmetricKL: { measure: (...matrices) => symmetricKL(floor, ...matrices), unit: asItIs },
    jensenShannon: { measure: jensenShannon, unit: asItIs },
  };
}

interface Measure {
  readonly measure: (...matrices: Matrix[]) => Dissimilarity;
  readonly unit: (value: number) => number;
}

function checkOptions(points: Matrix, { k, floor, outliers }: { k: number; floor: number; outliers: number }): void {
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  if (!(floor > 0 && floor < 1)) {
    throw new RangeError(`Cannot compare distributions: the floor must be in (0, 1): current value is ${floor}`);
  }
  if (!Number.isInteger(outliers) || outliers < 0) {
    throw new RangeError(`Cannot select rows: outliers must be an integer ≥ 0: current value is ${outliers}`);
  }
}

/** The mean of the rows, as a matrix of one row. */
export function meanRow({ rows, columns, data }: Matrix): Matrix {
  const sums = new Float64Array(columns);
  for (let at = 0; at < data.length; at += columns) {
    for (let column = 0; column < columns; column++) sums[column] += data[at + column];
  }
  return { rows: 1, columns, data: Float32Array.from(sums, (sum) => sum / rows) };
}

/** Of the items 0…`count` − 1, the one least unlike item `count`. */
function nearestTo(
  dissimilarity: Dissimilarity,
  { count, lots }: { readonly count: number; readonly lots?: ArrayLike<number> },
): number {
  let best = 0;
  let smallest = Infinity;
  for (let item = 0; item < count; item++) {
    const value = dissimilarity.value(item, count);
    if (value < smallest || (value === smallest && lots !== undefined && lots[item] < lots[best])) {
      best = item;
      smallest = value;
    }
  }
  return best;
}
