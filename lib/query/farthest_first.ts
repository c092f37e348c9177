import { type Dissimilarity, type DistantDissimilarity, integersBetween, lowerToNearest } from "./dissimilarity.ts";
import { maxHeap } from "./max_heap.ts";
import { pairsAmong } from "./pairs_among.ts";

/** How {@linkcode farthestFirst} chooses. */
export interface FarthestFirstOptions {
  /** Items 0…`candidates` − 1 may be picked; the rest of the dissimilarity's items are chosen already. */
  readonly candidates: number;
  /** Picks; at most `candidates`. */
  readonly k: number;
  /** The first pick when nothing is chosen already. */
  readonly first: () => number | Promise<number>;
  /** Of equally far candidates the one with the smallest lot is picked. Default: the lowest row. */
  readonly lots?: ArrayLike<number>;
  /** What each candidate's dissimilarity is multiplied by before it is compared; ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
  /** Candidates that each pick steps over because they are farther still: 0 is the plain algorithm. */
  readonly outliers?: number;
}

/** What {@linkcode farthestFirst} picked. */
export interface FarthestFirstPicks {
  /** In the order picked. */
  readonly rows: Int32Array;
  /** How far, times its weight, each pick was from the nearest chosen item; Infinity when nothing was chosen. */
  readonly scores: Float64Array;
}

/**
 * Greedy max-min selection (Gonzalez, 1985): again and again the candidate that is farthest from the nearest item
 * chosen so far. Exactly the picks of the plain algorithm in float64, without its pass over the whole pool for every
 * pick.
 *
 * Distances to the nearest chosen item only ever shrink, so one that is out of date is an upper bound. Candidates wait
 * in a heap by that bound; the topmost few hundred are brought up to date, and picks are made among them for as long as
 * the best beats every bound outside. Their dissimilarities to each other come from a single matrix product, so a pick
 * inside costs no pass over features at all. A candidate near something labelled is never looked at again.
 *
 * Time O(n · labelled · d) as matrix products and, after that, as many refreshes as the data ask for, at worst
 * O(n · k · d); memory O(n).
 */
export async function farthestFirst(
  dissimilarity: Dissimilarity | DistantDissimilarity,
  { candidates, k, first, lots, weights, outliers = 0 }: FarthestFirstOptions,
): Promise<FarthestFirstPicks> {
  const rows = new Int32Array(k);
  const scores = new Float64Array(k);
  const nearest = new Float64Array(candidates).fill(Infinity);
  const everyone = integersBetween(0, candidates);
  const chosen = integersBetween(candidates, dissimilarity.count);
  let picked = 0;
  if (chosen.length > 0) await lowerToNearest(nearest, dissimilarity, { items: everyone, others: chosen });
  else if (k > 0) {
    rows[0] = await first();
    scores[0] = Infinity;
    picked = 1;
    await lowerToNearest(nearest, dissimilarity, { items: everyone, others: rows.subarray(0, 1) });
  }

  const far = (row: number) => weights ? weights[row] * nearest[row] : nearest[row];
  /** Whether `a` should be picked before `b`. */
  const before = (a: number, b: number) => {
    const difference = far(a) - far(b);
    if (difference !== 0) return difference > 0;
    return lots !== undefined && lots[a] !== lots[b] ? lots[a] < lots[b] : a < b;
  };
  const heap = maxHeap(everyone.filter((row) => picked === 0 || row !== rows[0]), before);
  const seen = new Int32Array(candidates).fill(picked);
  const smallest = 64;
  const largest = 2048;
  let size = smallest;

  while (picked < k) {
    const working: number[] = [];
    while (working.length < size + 2 * outliers && heap.size > 0) working.push(heap.pop());
    const stale = Int32Array.from(working.filter((row) => seen[row] < picked)).sort();
    if (stale.length > 0) {
      const since = stale.reduce((earliest, row) => Math.min(earliest, seen[row]), picked);
      await lowerToNearest(nearest, dissimilarity, { items: stale, others: rows.subarray(since, picked) });
    }
    const pairs = pairsAmong(dissimilarity, working);
    const started = picked;
    while (picked < k && working.length > 0) {
      working.sort((a, b) => before(a, b) ? -1 : 1);
      // At the very end fewer are left than should be stepped over.
      const rank = Math.min(outliers, candidates - picked - 1);
      if (rank >= working.length || (heap.size > 0 && before(heap.top, working[rank]))) break;
      const [pick] = working.splice(rank, 1);
      rows[picked] = pick;
      scores[picked] = far(pick);
      picked++;
      if (picked < k) await pairs.lower(nearest, pick, working);
    }
    for (const row of working) {
      seen[row] = picked;
      heap.push(row);
    }
    const gained = picked - started;
    // No pick at all means that many bounds are out of date: refresh more of them at once.
    size = Math.max(smallest, Math.min(largest, gained === 0 ? 2 * size : 4 * gained));
  }
  return { rows, scores };
}
