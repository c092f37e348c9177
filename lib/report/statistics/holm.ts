/**
 * P values adjusted for several comparisons, in the order given: the k-th smallest of m times m − k + 1, never smaller
 * than one before it and at most 1 (Holm, 1979, "A Simple Sequentially Rejective Multiple Test Procedure"). Rejecting
 * what is at most α keeps the chance of any false rejection at α, however the comparisons depend on each other.
 *
 * @example
 * ```ts
 * import { holm } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(holm([0.01, 0.5, 0.02]), [0.03, 0.5, 0.04]);
 * ```
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, place) => place).sort((one, other) => pValues[one] - pValues[other]);
  const adjusted = new Array<number>(pValues.length);
  let floor = 0;
  order.forEach((place, rank) => {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * pValues[place]));
    adjusted[place] = floor;
  });
  return adjusted;
}
