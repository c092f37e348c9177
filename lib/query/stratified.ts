import type { Random } from "../runtime/random.ts";
import { drawById } from "./draw_by_id.ts";
import { topK } from "./top_k.ts";

/** How {@linkcode stratified} draws. */
export interface StratifiedOptions {
  readonly random: Random;
  /** Stable ids, by which items are drawn; default: their places. */
  readonly ids?: ArrayLike<number>;
}

/**
 * `k` places drawn at random so that each stratum has its share: of a stratum with a part w of the items, ⌊k·w⌋ or
 * ⌈k·w⌉, the places left over going to the largest fractions (Hare's method; equal fractions by lot). The strata take
 * turns, so that the first places of the result are spread as well. All places where there are no more than `k`.
 *
 * O(n log n) time. A negative stratum is a stratum like any other.
 *
 * @param strata of each item, the number of its stratum
 * @throws {RangeError} if `k` is not an integer ≥ 0
 *
 * @example
 * ```ts
 * import { Random, stratified } from "curio";
 * import assert from "node:assert/strict";
 *
 * const places = stratified([7, 7, 7, 7, 2, 2], 3, { random: new Random(1) });
 * assert.equal(places.filter((place) => place < 4).length, 2);
 * ```
 */
export function stratified(strata: ArrayLike<number>, k: number, { random, ids }: StratifiedOptions): Int32Array {
  const count = strata.length;
  const draw = drawById(random.child("items"));
  const order = topK(Float64Array.from(strata, (_, place) => draw(ids ? ids[place] : place)), count);
  const wanted = topK(new Float64Array(count), k).length;

  const members = new Map<number, number[]>();
  for (const place of order) {
    const stratum = members.get(strata[place]);
    if (stratum) stratum.push(place);
    else members.set(strata[place], [place]);
  }
  const names = Float64Array.from(members.keys()).sort();
  const shares = Float64Array.from(names, (name) => wanted * members.get(name)!.length / count);
  const places = Int32Array.from(shares, Math.floor);
  const settled = places.reduce((sum, share) => sum + share, 0);
  const fractions = shares.map((share, index) => share - places[index]);
  for (const index of topK(fractions, wanted - settled, { random: random.child("fractions"), ids: names })) {
    places[index]++;
  }

  const result: number[] = [];
  for (let turn = 0; result.length < wanted; turn++) {
    names.forEach((name, index) => {
      if (turn < places[index]) result.push(members.get(name)![turn]);
    });
  }
  return Int32Array.from(result);
}
