import type { Random } from "../runtime/random.ts";
import { type Dissimilarity, integersBetween, lowerBounds, lowerToNearest } from "./dissimilarity.ts";
import { pairsAmong } from "./pairs_among.ts";

/** How {@linkcode sampleBySquaredDistance} draws. */
export interface SquaredDistanceSamplingOptions {
  /** Items to draw; at most as many as the dissimilarity holds. */
  readonly k: number;
  /** The first pick. */
  readonly first: number;
  readonly random: Random;
  /** Each item's chance is its weight times its D²; ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/** What {@linkcode sampleBySquaredDistance} drew. */
export interface SquaredDistanceSample {
  /** Distinct, in the order drawn. */
  readonly rows: Int32Array;
  /** D² of each when it was drawn; of the first, Infinity. */
  readonly scores: Float64Array;
}

/**
 * D² sampling, the seeding of k-means++ (Arthur and Vassilvitskii, 2007): each pick is drawn with probability
 * proportional to its squared distance to the nearest pick so far.
 *
 * Drawn by rejection. D² only ever shrinks, so an old upper bound stays one: a proposal drawn by the bounds and kept
 * with probability D² ÷ bound has exactly the distribution that a pass over all items would give, and D² itself is
 * computed for proposals alone. They come in batches, so that their distances are matrix products; when rejections have
 * cost as much as bringing every bound up to date, that is done. Items that coincide with a pick have D² = 0; once
 * nothing else is left, the rest is drawn uniformly.
 *
 * Time O(n · k · d) at worst, mostly far less; memory O(n).
 */
export async function sampleBySquaredDistance(
  dissimilarity: Dissimilarity,
  { k, first, random, weights }: SquaredDistanceSamplingOptions,
): Promise<SquaredDistanceSample> {
  const { count } = dissimilarity;
  const rows = new Int32Array(k);
  const scores = new Float64Array(k);
  if (k === 0) return { rows, scores };
  rows[0] = first;
  scores[0] = Infinity;
  let picked = 1;

  const everyone = integersBetween(0, count);
  const bounds = new Float64Array(count).fill(Infinity);
  const nearest = new Float64Array(count);
  const chances = new Float64Array(count);
  // About what one proposal costs of a pass over all items: a share found by measurement, of no weight for the result.
  const patience = Math.max(64, count / 32);
  let swept = 0;
  let rejected = Infinity;
  let batchSize = 128;
  while (picked < k) {
    if (rejected > patience) {
      await lowerBounds(bounds, dissimilarity, { items: everyone, others: rows.subarray(swept, picked) });
      for (const pick of rows.subarray(swept, picked)) bounds[pick] = 0;
      swept = picked;
      rejected = 0;
    }
    const total = accumulate(chances, (item) => bounds[item] * (weights?.[item] ?? 1));
    if (!(total > 0)) break;
    const proposals = Array.from({ length: batchSize }, () => firstAbove(chances, random.next() * total));
    const members = Int32Array.from(new Set(proposals)).sort();
    for (const member of members) nearest[member] = Infinity;
    await lowerToNearest(nearest, dissimilarity, { items: members, others: rows.subarray(0, picked) });
    const pairs = pairsAmong(dissimilarity, members);
    const started = picked;
    for (const proposal of proposals) {
      if (random.next() * bounds[proposal] >= nearest[proposal]) continue;
      rows[picked] = proposal;
      scores[picked] = nearest[proposal];
      picked++;
      if (picked === k) break;
      await pairs.lower(nearest, proposal, members);
      nearest[proposal] = 0;
    }
    for (const member of members) bounds[member] = nearest[member];
    const kept = picked - started;
    rejected += batchSize - kept;
    batchSize = Math.min(1024, Math.max(128, Math.round(128 * batchSize / Math.max(1, kept))));
  }
  if (picked < k) {
    const taken = new Set(rows.subarray(0, picked));
    const left = everyone.filter((item) => !taken.has(item));
    random.sample(left.length, k - picked).forEach((place, index) => rows[picked + index] = left[place]);
  }
  return { rows, scores };
}

/** Fills `sums` with the running totals of `chance` and returns the last. */
function accumulate(sums: Float64Array, chance: (item: number) => number): number {
  let total = 0;
  for (let item = 0; item < sums.length; item++) {
    total += chance(item);
    sums[item] = total;
  }
  return total;
}

/** The first place whose running total is above `value`. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
