import type { Random } from "../runtime/random.ts";

/** What {@linkcode apportion} hands out, and who decides ties. */
export interface ApportionOptions {
  readonly seats: number;
  readonly random: Random;
}

/**
 * Hands out `seats` in proportion to `weights`, by largest remainders (Hamilton's method): each gets its quota
 * `seats × weight / Σ weights` rounded down, and what is left goes to the largest remainders, ties at random. So none
 * is a whole seat off its quota, and none gets more seats than its weight as long as there are no more seats than
 * weights in all.
 *
 * @param weights non-negative; integers give exact quotas
 */
export function apportion(weights: ArrayLike<number>, { seats, random }: ApportionOptions): Int32Array {
  const quotas = Array.from(weights);
  const total = quotas.reduce((sum, weight) => sum + weight, 0);
  const given = Int32Array.from(quotas, (weight) => total === 0 ? 0 : Math.floor(seats * weight / total));
  const remainders = quotas.map((weight, place) => seats * weight - given[place] * total);
  const left = seats - given.reduce((sum, count) => sum + count, 0);
  const byRemainder = [...random.permutation(quotas.length)].sort((a, b) => remainders[b] - remainders[a]);
  for (const place of byRemainder.slice(0, left)) given[place]++;
  return given;
}
