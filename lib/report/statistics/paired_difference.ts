import { momentsOf, studentT } from "./student_t.ts";

/** How far apart two strategies lie, seed by seed. */
export interface PairedDifference {
  /** Pairs, one a seed. */
  readonly pairs: number;
  readonly mean: number;
  /** Ends of the 95 % interval of the mean by Student's t; NaN for one pair. */
  readonly low: number;
  readonly high: number;
  /**
   * The smallest true difference that would have been found with a probability of 80 %; infinite where no difference
   * could have been found.
   */
  readonly detectable: number;
}

/** What {@linkcode pairedDifference} may be told. */
export interface PairedDifferenceOptions {
  /** Comparisons that the test is corrected for; default 1. */
  readonly comparisons?: number;
  /** The level at which a difference counts as found; default 0.05. */
  readonly alpha?: number;
}

/** The probability of finding a difference of {@linkcode PairedDifference.detectable}. */
export const power = 0.8;

/**
 * Mean and interval of paired differences d₁…dₙ: d̄ ± t(0.975, n − 1) · s ÷ √n.
 *
 * The detectable difference is (t(1 − α ÷ 2m, n − 1) + t(0.8, n − 1)) · s ÷ √n for m comparisons, the usual approximation
 * with central t (Bloom, 1995, "Minimum Detectable Effects") at Holm's first step. It is infinite where a sign-flip test
 * cannot reject: m · 2^(1 − n) > α.
 *
 * @throws {RangeError} if there is no difference
 *
 * @example
 * ```ts
 * import { pairedDifference } from "curio";
 * import assert from "node:assert/strict";
 *
 * const { mean, low, high, detectable } = pairedDifference([0.01, 0.02, 0.03, 0.01, 0.02, 0.03]);
 * assert.equal(mean.toFixed(3), "0.020");
 * assert.deepEqual([low, high, detectable].map((value) => value.toFixed(4)), ["0.0106", "0.0294", "0.0127"]);
 * ```
 */
export function pairedDifference(
  differences: readonly number[],
  { comparisons = 1, alpha = 0.05 }: PairedDifferenceOptions = {},
): PairedDifference {
  const pairs = differences.length;
  if (pairs === 0) {
    throw new RangeError("Cannot take differences: there must be at least one pair: current value is an empty list");
  }
  const { mean, deviation } = momentsOf(differences);
  const error = deviation / Math.sqrt(pairs);
  const reach = studentT(0.975, pairs - 1) * error;
  const wanted = studentT(1 - alpha / (2 * comparisons), pairs - 1) + studentT(power, pairs - 1);
  return {
    pairs,
    mean,
    low: mean - reach,
    high: mean + reach,
    detectable: pairs >= pairsNeeded(comparisons, alpha) ? wanted * error : Infinity,
  };
}

/** The fewest pairs with which a sign-flip test can reject at `alpha` after so many comparisons: 6 for one at 0.05. */
export function pairsNeeded(comparisons: number, alpha = 0.05): number {
  return Math.ceil(1 + Math.log2(comparisons / alpha) - 1e-12);
}
