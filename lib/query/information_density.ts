import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { cosineDistance } from "./cosine_distance.ts";
import { finiteRows, rowsAt } from "./among_usable.ts";
import { type Dissimilarity, integersBetween, productBlocks } from "./dissimilarity.ts";
import type { Need } from "./pool_view.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";
import { squaredNorms } from "./squared_norms.ts";

/** What {@linkcode informationDensity} takes for similarity. */
export interface DensityOptions {
  /**
   * `euclidean`: 1 ÷ (1 + ‖x − y‖) (default), as in modAL; `cosine`: cos(x, y), as in the paper; `inverseCosine`:
   * 1 ÷ (2 − cos(x, y)), which is what modAL makes of its metric `cosine`.
   */
  readonly similarity?: "euclidean" | "cosine" | "inverseCosine";
}

/**
 * How much each row is like all rows, itself included: the mean of its similarities. Range (0, 1], for `cosine` [−1,
 * 1]; larger is denser.
 *
 * Settles and Craven (2008), An analysis of active learning strategies for sequence labeling tasks, EMNLP, eq. 14,
 * without its exponent. libact leaves the row itself out; ALiPy multiplies by the mean *distance*. A row that is not
 * finite is NaN, and is left out of the means of the others. The cosine with a zero vector is 0.
 *
 * `cosine` takes O(n · d) time: the mean of inner products is the inner product with the mean. The others take
 * O(n² · d), as blocks of matrix products in 8 MiB; modAL holds n × n distances.
 *
 * @param points `[items, features]`
 * @returns `[items]`
 *
 * @example
 * ```ts
 * import { informationDensity, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...await informationDensity(matrix([[0], [0], [1]]))], [2.5 / 3, 2.5 / 3, 2 / 3]);
 * ```
 */
export async function informationDensity(
  points: Matrix,
  { similarity = "euclidean" }: DensityOptions = {},
): Promise<Float64Array> {
  const rows = integersBetween(0, points.rows).filter(finiteRows(points));
  const finite = rowsAt(points, rows);
  const densities = similarity === "cosine"
    ? meanCosines(finite)
    : similarity === "euclidean"
    ? await meanInverses(squaredEuclidean(finite), Math.sqrt)
    : await meanInverses(cosineDistance(finite), (value) => value);
  const result = new Float64Array(points.rows).fill(NaN);
  rows.forEach((row, place) => result[row] = densities[place]);
  return result;
}

function meanCosines(points: Matrix): Float64Array {
  const { rows, columns } = points;
  const inverse = squaredNorms(points).map((square) => square > 0 ? 1 / Math.sqrt(square) : 0);
  const mean = new Float64Array(columns);
  inverse.forEach((scale, row) => rowOf(points, row).forEach((value, column) => mean[column] += value * scale / rows));
  return inverse.map((scale, row) =>
    rowOf(points, row).reduce((sum, value, column) => sum + value * mean[column], 0) * scale
  );
}

/** Of each item, the mean of 1 ÷ (1 + distance) to all. */
async function meanInverses(
  dissimilarity: Dissimilarity,
  distanceOf: (value: number) => number,
): Promise<Float64Array> {
  const { base, count, factor } = dissimilarity;
  const items = integersBetween(0, count);
  const sums = new Float64Array(count);
  for await (const { lefts, rights, bases, products } of productBlocks(dissimilarity, { items, others: items })) {
    for (let place = 0, at = 0; place < lefts.length; place++) {
      const item = lefts[place];
      let sum = 0;
      for (let column = 0; column < rights.length; column++, at++) {
        const scale = base[item] + bases[column];
        let value = scale - factor * products[at];
        // Near twins: what is left of the difference is mostly rounding.
        if (value < scale / 20) value = dissimilarity.value(item, rights[column]);
        sum += 1 / (1 + distanceOf(value));
      }
      sums[item] += sum;
    }
  }
  return sums.map((sum) => sum / count);
}

/** How {@linkcode informationDensitySampling} weighs. */
export interface InformationDensityOptions extends DensityOptions {
  /** What the density is multiplied by, from probabilities, ≥ 0: `entropy`, say. Default: nothing, density alone. */
  readonly informativeness?: (probabilities: Matrix) => Float64Array;
  /** Exponent of the density. Default 1. */
  readonly beta?: number;
}

/**
 * Asks where the pool is dense: {@linkcode informationDensity} to the power β, times the informativeness if one is
 * given (Settles and Craven, 2008, eq. 14: φ(x) · density(x)^β). Cost as the density's.
 */
export function informationDensitySampling(options: InformationDensityOptions = {}): QueryStrategy {
  const { similarity = "euclidean", informativeness, beta = 1 } = options;
  const needs: Need[] = informativeness ? ["probabilities", "embeddings"] : ["embeddings"];
  return scoredStrategy({
    name: "informationDensity",
    family: informativeness ? "hybrid" : "diversity",
    needs,
    reference:
      "Settles and Craven (2008), An analysis of active learning strategies for sequence labeling tasks, EMNLP, eq. 14",
    options: { similarity, informativeness: informativeness?.name ?? "none", beta },
    score: async (view) => {
      const densities = await informationDensity(await view.embeddings(), { similarity });
      const values = informativeness?.(await view.probabilities());
      return densities.map((density, row) => density ** beta * (values?.[row] ?? 1));
    },
  });
}
