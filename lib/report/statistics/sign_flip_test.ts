import { Random } from "../../runtime/random.ts";

/** What {@linkcode signFlipTest} may be told. */
export interface SignFlipOptions {
  /** Of the sampled sign patterns, where there are too many to go through; a fixed seed by default. */
  readonly random?: Random;
  /** Sign patterns sampled then; default 99,999. */
  readonly samples?: number;
}

/** All 2^20 sign patterns of the usual 20 seeds take some milliseconds; beyond that they are sampled. */
const longestExact = 20;

/**
 * The two-sided p of a sign-flip permutation test that paired differences lie around 0: the share of all sign patterns
 * under which the sum is as far from 0 as observed (Fisher, 1935, "The Design of Experiments", § 21). It asks only that
 * without an effect each difference were as likely to have the other sign.
 *
 * Exact up to 20 pairs; beyond that (1 + hits) ÷ (1 + samples) of seeded random patterns (Phipson and Smyth, 2010). No
 * result can be below 2^(1 − pairs): with fewer than 6 pairs it never reaches 0.05.
 *
 * @throws {RangeError} if there is no difference, or one is no number
 *
 * @example
 * ```ts
 * import { signFlipTest } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.equal(signFlipTest([1, 2, 3, 4, 5, 6]), 2 / 64);
 * ```
 */
export function signFlipTest(
  differences: ArrayLike<number>,
  { random = new Random("sign-flip test"), samples = 99_999 }: SignFlipOptions = {},
): number {
  const values = Float64Array.from(differences);
  const count = values.length;
  if (count === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot test differences: there must be at least one, and all finite: current value is [${values.join(", ")}]`,
    );
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  // Sums that are equal on paper differ in their last bits.
  const asFar = Math.abs(total) - 1e-10 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  let hits = 0;
  if (count > longestExact) {
    for (let sample = 0; sample < samples; sample++) {
      let sum = 0;
      let bits = 0;
      for (let place = 0; place < count; place++) {
        if (place % 32 === 0) bits = random.uint32();
        sum += (bits >>> (place % 32)) & 1 ? values[place] : -values[place];
      }
      if (Math.abs(sum) >= asFar) hits++;
    }
    return (hits + 1) / (samples + 1);
  }
  // A pattern and its opposite are equally far from 0, so the last sign stays; a Gray code flips one sign at a time.
  const patterns = 2 ** (count - 1);
  let sum = total;
  for (let pattern = 1; pattern <= patterns; pattern++) {
    if (Math.abs(sum) >= asFar) hits++;
    const place = 31 - Math.clz32(pattern & -pattern);
    values[place] = -values[place];
    sum += 2 * values[place];
  }
  return hits / patterns;
}
