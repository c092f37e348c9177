import type { Random } from "../runtime/random.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { sampleBySquaredDistance } from "./sample_by_squared_distance.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

/** How {@linkcode kMeansPlusPlus} draws. */
export interface KMeansPlusPlusOptions {
  /** Seeds to draw, in 1…rows of all matrices. */
  readonly clusters: number;
  readonly random: Random;
  /** Of each row, ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Rows to start k-means from (Arthur and Vassilvitskii, 2007): the first drawn by weight, each next one by weight times
 * its squared distance to the nearest so far. Distinct, in the order drawn. See {@linkcode sampleBySquaredDistance} for
 * how and for the cost; unlike scikit-learn's, each seed is a single draw, not the best of 2 + ln k.
 */
export async function kMeansPlusPlus(
  points: readonly Matrix[],
  { clusters, random, weights }: KMeansPlusPlusOptions,
): Promise<Int32Array> {
  const distances = squaredEuclidean(...points);
  const first = weights ? drawByWeight(weights, random) : random.integer(distances.count);
  return (await sampleBySquaredDistance(distances, { k: clusters, first, random, weights })).rows;
}

function drawByWeight(weights: ArrayLike<number>, random: Random): number {
  let total = 0;
  for (let item = 0; item < weights.length; item++) total += weights[item];
  if (!(total > 0)) return random.integer(weights.length);
  let left = random.next() * total;
  for (let item = 0; item < weights.length; item++) {
    left -= weights[item];
    if (left < 0) return item;
  }
  return weights.length - 1;
}
