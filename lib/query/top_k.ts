import type { Random } from "../runtime/random.ts";
import { drawById } from "./draw_by_id.ts";

/** How {@linkcode topK} chooses. */
export interface TopKOptions {
  /** Breaks ties by lot; left out, the lower id comes first. */
  readonly random?: Random;
  /** Stable ids of the scores, by which ties are broken; left out, their places. */
  readonly ids?: ArrayLike<number>;
  /** Whether large scores are wanted (default) or small ones. */
  readonly largest?: boolean;
}

/**
 * The places of the `k` best scores, best first; all places where there are no more than `k`.
 *
 * Equal scores are ordered by a lot that each id draws, so the outcome depends on the seed and the ids and not on how
 * the scores are arranged. A score that is not a number is worse than every number, infinities included: such items
 * come last, when nothing else is left.
 *
 * O(n + k log k) time by selection, O(n) memory; 0 for k = 0.
 *
 * @throws {RangeError} if `k` is not an integer ≥ 0
 *
 * @example
 * ```ts
 * import { topK } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...topK([0.2, NaN, 0.9, 0.2], 3)], [2, 0, 3]);
 * ```
 */
export function topK(scores: ArrayLike<number>, k: number, options: TopKOptions = {}): Int32Array {
  const { random, ids, largest = true } = options;
  if (!Number.isInteger(k) || k < 0) {
    throw new RangeError(`Cannot take the best scores: their number must be an integer ≥ 0: current value is ${k}`);
  }
  const count = scores.length;
  const wanted = Math.min(k, count);
  if (wanted === 0) return new Int32Array(0);

  // Costs, smallest first, so that a NaN, which typed arrays sort last, is where it belongs.
  const sign = largest ? -1 : 1;
  const costs = new Float64Array(count);
  for (let place = 0; place < count; place++) costs[place] = sign * scores[place];
  const draw = random ? drawById(random) : (id: number) => id;
  const lot = (place: number) => draw(ids ? ids[place] : place);

  const threshold = smallest(costs, wanted);
  const chosen: number[] = [];
  const tied: number[] = [];
  for (let place = 0; place < count; place++) {
    const cost = costs[place];
    if (cost < threshold || (cost === cost && threshold !== threshold)) chosen.push(place);
    else if (cost === threshold || (cost !== cost && threshold !== threshold)) tied.push(place);
  }
  const missing = wanted - chosen.length;
  const lots = Float64Array.from(tied, lot);
  if (missing < tied.length) {
    const last = smallest(lots, missing);
    for (let at = 0, taken = 0; taken < missing; at++) {
      if (lots[at] <= last) {
        chosen.push(tied[at]);
        taken++;
      }
    }
  } else {
    // One by one: a million arguments to one call overflow the stack.
    for (const place of tied) chosen.push(place);
  }
  const chosenLots = new Map(chosen.map((place) => [place, lot(place)]));
  const rank = (place: number) => Number.isNaN(costs[place]) ? 1 : 0;
  chosen.sort((a, b) =>
    rank(a) - rank(b) || Math.sign(costs[a] - costs[b]) || chosenLots.get(a)! - chosenLots.get(b)! || a - b
  );
  return Int32Array.from(chosen);
}

/** The `rank`-th smallest number, counted from 1, by three-way quickselect (Hoare, 1961); NaN after every number. */
function smallest(values: Float64Array, rank: number): number {
  const numbers = numbersOf(values);
  if (rank > numbers.length) return NaN;
  const target = rank - 1;
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const pivot = medianOfThree(numbers[low], numbers[(low + high) >>> 1], numbers[high]);
    let below = low;
    let above = high;
    for (let at = low; at <= above;) {
      const value = numbers[at];
      if (value < pivot) {
        numbers[at++] = numbers[below];
        numbers[below++] = value;
      } else if (value > pivot) {
        numbers[at] = numbers[above];
        numbers[above--] = value;
      } else at++;
    }
    if (target < below) high = below - 1;
    else if (target > above) low = above + 1;
    else return pivot;
  }
  return numbers[low];
}

/** The numbers without NaN, in memory of their own; a plain loop, because `filter` takes several times as long. */
function numbersOf(values: Float64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  let count = 0;
  for (const value of values) if (value === value) numbers[count++] = value;
  return numbers.subarray(0, count);
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
