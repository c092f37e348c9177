import type { Matrix } from "../runtime/matrix.ts";
import { gatheredBlocks, readAll, type RowReader } from "../runtime/row_reader.ts";
import { amongUsable, finiteBlocks, finiteRows, rowsAt, rowsThat, rowsWithMass } from "./among_usable.ts";
import { cosineDistance } from "./cosine_distance.ts";
import { type Dissimilarity, type DistantDissimilarity, integersBetween, lowerToNearest } from "./dissimilarity.ts";
import { farthestFirst } from "./farthest_first.ts";
import { lotsFor, type TieOptions } from "./lots.ts";
import { jensenShannon } from "./jensen_shannon.ts";
import { inBlocks, type Measure } from "./in_blocks.ts";
import { meanOfBlocks, meanRow } from "./mean_row.ts";
import type { Picks } from "./query_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";
import { symmetricKL } from "./symmetric_kl.ts";
import { topK } from "./top_k.ts";

/** What {@linkcode greedyMaxMin} may measure by; the last two are between distributions. */
export type Distance = "euclidean" | "cosine" | "symmetricKL" | "jensenShannon";

/** How {@linkcode greedyMaxMin} chooses. */
export interface GreedyMaxMinOptions extends TieOptions {
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
  /** What each row's distance is multiplied by before it is compared; ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Greedy max-min selection (Gonzalez, 1985): each pick is the row farthest from the nearest of what is labelled or
 * picked already. For metrics the largest distance that remains is at most twice the smallest possible.
 *
 * With nothing labelled the first pick is the row nearest to the mean row (with weights, the heaviest), and its score
 * is Infinity. Rows that are not finite come last, with the score NaN, and so do rows without mass where distributions
 * are compared; such labelled rows are ignored. See {@linkcode farthestFirst} for how it is done and what it costs.
 *
 * Rows that do not fit in memory may come from a reader, with the same picks: `euclidean` and `cosine` then hold O(n)
 * numbers and a few thousand rows. The divergences read it all.
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
 * assert.deepEqual([Array.from(rows), Array.from(scores)], [[3, 2], [9, 4]]);
 * ```
 */
export async function greedyMaxMin(
  source: Matrix | RowReader,
  options: GreedyMaxMinOptions,
): Promise<Picks> {
  const { k, labelled, distance = "euclidean", floor = 0.001, outliers = 0, weights } = options;
  checkOptions(source, { k, floor, outliers });
  const lots = lotsFor(source.rows, options);
  const areDistributions = distance === "symmetricKL" || distance === "jensenShannon";
  const points = areDistributions && !("data" in source) ? await readAll(source) : source;
  const comparable = areDistributions ? rowsWithMass : finiteRows;
  const isComparable = "data" in points ? comparable(points) : await finiteBlocks(points);
  const usable = (row: number) => isComparable(row) && (weights === undefined || weights[row] >= 0);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const candidates = "data" in points ? rowsAt(points, rows) : gatheredBlocks(points, rows);
    const known = labelled ? rowsThat(comparable, labelled) : { rows: 0, columns: 0, data: new Float32Array(0) };
    const own = (values: ArrayLike<number>) =>
      rows.length === values.length ? values : Float64Array.from(rows, (row) => values[row]);
    const { measure, power } = measures(floor)[distance];
    const candidateLots = own(lots);
    const candidateWeights = weights && own(weights);
    const compare = (others: Matrix) =>
      "data" in candidates ? measure(candidates, others) : inBlocks(measure, { rows: candidates, others });
    const picks = await farthestFirst(await compare(known), {
      candidates: candidates.rows,
      k: wanted,
      outliers,
      lots: candidateLots,
      weights: candidateWeights && Float64Array.from(candidateWeights, (weight) => weight ** power),
      async first() {
        if (candidateWeights) return topK(candidateWeights, 1, { ids: candidateLots })[0];
        const mean = "data" in candidates ? meanRow(candidates) : await meanOfBlocks(candidates);
        return await nearestToLast(await compare(mean), candidateLots);
      },
    });
    return { rows: picks.rows, scores: picks.scores.map((score) => score ** (1 / power)) };
  });
}

/** How each distance is computed, and which power of it. */
function measures(floor: number): Record<Distance, PoweredMeasure> {
  return {
    euclidean: { measure: squaredEuclidean, power: 2 },
    cosine: { measure: cosineDistance, power: 1 },
    symmetricKL: { measure: (...matrices) => symmetricKL(floor, ...matrices), power: 1 },
    jensenShannon: { measure: jensenShannon, power: 1 },
  };
}

interface PoweredMeasure {
  readonly measure: Measure;
  readonly power: 1 | 2;
}

function checkOptions(
  points: Matrix | RowReader,
  { k, floor, outliers }: { k: number; floor: number; outliers: number },
): void {
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

/** The item least unlike the last. */
async function nearestToLast(
  dissimilarity: Dissimilarity | DistantDissimilarity,
  lots: ArrayLike<number>,
): Promise<number> {
  const last = dissimilarity.count - 1;
  const items = integersBetween(0, last);
  const values = new Float64Array(last).fill(Infinity);
  await lowerToNearest(values, dissimilarity, { items, others: Int32Array.of(last) });
  return items.reduce((best, item) =>
    values[item] < values[best] || (values[item] === values[best] && lots[item] < lots[best]) ? item : best
  );
}
