import { type Dissimilarity, integersBetween, lowerBounds, lowerToNearest } from "./dissimilarity.ts";
import type { MaxHeap } from "./max_heap.ts";

/** How near to each candidate the nearest chosen item is, as far as chosen items have been looked at. */
export interface NearestChosen {
  /** Of each candidate; exact for one that has seen all of `chosen`, an upper bound otherwise. */
  readonly nearest: Float64Array;
  /** Of each candidate, how many of `chosen`, the first, have been looked at. */
  readonly seen: Int32Array;
  /** What is chosen: the items that are so from the start, then the picks in their order. */
  readonly chosen: Int32Array;
  /** How many are chosen from the start. */
  readonly given: number;
}

/** What {@linkcode nearestChosen} begins with. */
export interface NearestChosenOptions {
  /** Items 0…`candidates` − 1 are candidates, the others are chosen from the start. */
  readonly candidates: number;
  /** Picks to come. */
  readonly k: number;
}

/**
 * Looks from every candidate at the first few that are chosen; the rest waits until {@linkcode lookFurther}. The
 * dissimilarity's own lower bound must be an equality.
 */
export async function nearestChosen(
  dissimilarity: Dissimilarity,
  { candidates, k }: NearestChosenOptions,
): Promise<NearestChosen> {
  const given = dissimilarity.count - candidates;
  const chosen = new Int32Array(given + k);
  chosen.set(integersBetween(candidates, dissimilarity.count));
  const first = Math.min(given, firstLook);
  const nearest = new Float64Array(candidates).fill(Infinity);
  const comparison = { items: integersBetween(0, candidates), others: chosen.subarray(0, first) };
  // Exact values would cost more than the rest of this, and few are needed.
  await (first < given ? lowerBounds : lowerToNearest)(nearest, dissimilarity, comparison);
  return { nearest, seen: new Int32Array(candidates).fill(first), chosen, given };
}

/** What {@linkcode lookFurther} needs beside the distances. */
export interface LookFurtherOptions {
  readonly dissimilarity: Dissimilarity;
  /** Candidates by a bound that falls with their distance. */
  readonly heap: MaxHeap;
  /** Told of every row whose distance may have fallen. */
  readonly onLowered?: (row: number) => void;
}

/**
 * Takes the rows at the top of the heap that have not seen all that was given, those that have seen fewest, to three
 * times as many more. Most rows turn out to be near something early, sink, and are never asked again.
 */
export async function lookFurther(
  { nearest, seen, chosen, given }: NearestChosen,
  { dissimilarity, heap, onLowered }: LookFurtherOptions,
): Promise<void> {
  const top: number[] = [];
  let stale = 0;
  // On past those that have seen all while they are fewer than the others, for which picks to come will ask.
  while (top.length < rowsTogether && heap.size > 0 && 2 * stale >= top.length) {
    const row = heap.pop();
    top.push(row);
    if (seen[row] < given) stale++;
  }
  const fewest = top.reduce((least, row) => Math.min(least, seen[row]), given);
  const until = Math.min(given, 4 * fewest);
  const items = Int32Array.from(top.filter((row) => seen[row] === fewest)).sort();
  // The first look gave bounds only.
  const from = fewest === firstLook ? 0 : fewest;
  if (from === 0) { for (const row of items) nearest[row] = Infinity; }
  await lowerToNearest(nearest, dissimilarity, { items, others: chosen.subarray(from, until) });
  for (const row of items) {
    seen[row] = until;
    onLowered?.(row);
  }
  for (const row of top) heap.push(row);
}

const firstLook = 16;
const rowsTogether = 1024;
