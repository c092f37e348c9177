import type { Matrix } from "../runtime/matrix.ts";
import { amongUsable, finiteRows, rowsAt, rowsThat } from "./among_usable.ts";
import { type Dissimilarity, integersBetween, lowerToNearest, productBlocks } from "./dissimilarity.ts";
import { leastConfidence } from "./least_confidence.ts";
import { lotsFor, type TieOptions } from "./lots.ts";
import { maxHeap } from "./max_heap.ts";
import { lookFurther, nearestChosen } from "./nearest_chosen.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

/** How {@linkcode rankedBatch} chooses. */
export interface RankedBatchOptions extends TieOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  /** Of each row; computed once, before the first pick. */
  readonly uncertainty: ArrayLike<number>;
  /** What is labelled already. Default: nothing. */
  readonly labelled?: Matrix;
}

/**
 * Ranked batch-mode: again and again the row with the largest
 *
 *     score = α · (1 − 1 ÷ (1 + d)) + (1 − α) · u,    α = |U| ÷ (|U| + |D|)
 *
 * where d is its distance to the nearest of D, what is labelled or picked already, and U is what is left. α falls with
 * every pick, from the unlike towards the uncertain; u stays what it was.
 *
 * Cardoso, Silva, Canuto, Moro and Gonçalves (2017), Ranked batch-mode active learning, Information Sciences 379, eq.
 * 1, as modAL has it. With nothing labelled the first pick is the row with the smallest mean distance to all rows, as
 * in modAL (which then may pick it again; here it may not), and its score is 1.
 *
 * modAL computes all distances anew for every pick. Here they are kept, and only rows that may come out on top are
 * brought up to date: at worst O(n · (labelled + k) · d) time as matrix products, mostly far less. A cold start takes
 * O(n² · d). O(n) memory. Rows with NaN come last.
 *
 * @returns rows in the order picked, and the score of each at that moment
 * @throws {RangeError} if `k` is not an integer in 0…rows, or there is not one uncertainty for each row
 *
 * @example
 * ```ts
 * import { matrix, rankedBatch } from "curio";
 * import assert from "node:assert/strict";
 *
 * const points = matrix([[0], [1], [3]]);
 * const picks = await rankedBatch(points, { k: 1, uncertainty: [0.5, 0.5, 0.1], labelled: matrix([[0]]) });
 * assert.equal(picks.rows[0], 2);
 * assert.ok(Math.abs(picks.scores[0] - (0.75 * 0.75 + 0.25 * 0.1)) < 1e-12);
 * ```
 */
export async function rankedBatch(points: Matrix, options: RankedBatchOptions): Promise<Picks> {
  const { k, uncertainty, labelled } = options;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  if (uncertainty.length !== points.rows) {
    throw new RangeError(
      `Cannot rank rows: there must be one uncertainty for each of ${points.rows} rows: current value is ${uncertainty.length}`,
    );
  }
  const lots = lotsFor(points.rows, options);
  const known = labelled ? [rowsThat(finiteRows, labelled)] : [];
  const whole = squaredEuclidean(points, ...known);
  const usable = (row: number) => Number.isFinite(uncertainty[row]) && whole.base[row] < Infinity;
  return await amongUsable({ count: points.rows, usable, k, lots }, (rows, wanted) => {
    const areAll = rows.length === points.rows;
    return rank(areAll ? whole : squaredEuclidean(rowsAt(points, rows), ...known), {
      candidates: rows.length,
      k: wanted,
      uncertainty: areAll ? uncertainty : Float64Array.from(rows, (row) => uncertainty[row]),
      lots: areAll ? lots : Float64Array.from(rows, (row) => lots[row]),
    });
  });
}

interface RankOptions {
  readonly candidates: number;
  readonly k: number;
  readonly uncertainty: ArrayLike<number>;
  readonly lots: Float64Array;
}

async function rank(distances: Dissimilarity, { candidates, k, uncertainty, lots }: RankOptions): Promise<Picks> {
  const state = await nearestChosen(distances, { candidates, k });
  const { nearest, seen, chosen, given } = state;
  const rows = chosen.subarray(given);
  const scores: number[] = [];
  let remaining = integersBetween(0, candidates);
  if (given === 0) {
    const first = await mostCentral(distances, lots);
    rows[0] = first;
    scores.push(1);
    await lowerToNearest(nearest, distances, { items: remaining, others: rows.subarray(0, 1) });
    remaining = remaining.filter((row) => row !== first);
    seen.fill(1);
  }
  let left = remaining.length;
  const score = (row: number) => {
    const alpha = left / distances.count;
    return alpha * (1 - 1 / (1 + Math.sqrt(nearest[row]))) + (1 - alpha) * uncertainty[row];
  };
  // Distances only shrink, and as α falls by δ no score grows by more than δ · max u. So score + α · max u, at whatever
  // time it was computed, bounds what it would be now: the heap need not be built anew for every α.
  let most = 0;
  for (let row = 0; row < candidates; row++) most = Math.max(most, uncertainty[row]);
  const bounds = new Float64Array(candidates);
  const bound = (row: number) => bounds[row] = score(row) + left / distances.count * most;
  remaining.forEach(bound);
  const before = (a: number, b: number) => bounds[a] !== bounds[b] ? bounds[a] > bounds[b] : lots[a] < lots[b];
  // Few come near the top: the others stay out of the heap, below a bound of their own, until it is reached.
  let below = bounds.toSorted()[Math.max(0, candidates - 64 * k)];
  let heap = maxHeap(remaining.filter((row) => bounds[row] > below), before);
  const isPicked = new Uint8Array(candidates);
  while (scores.length < k) {
    const count = given + scores.length;
    while (true) {
      if (below > -Infinity && (heap.size === 0 || bounds[heap.top] <= below)) {
        below = -Infinity;
        heap = maxHeap(remaining.filter((row) => isPicked[row] === 0), before);
      } else if (seen[heap.top] >= count) break;
      else if (seen[heap.top] < given) {
        await lookFurther(state, { dissimilarity: distances, heap, onLowered: bound });
      } else {
        const row = heap.pop();
        for (; seen[row] < count; seen[row]++) {
          nearest[row] = Math.min(nearest[row], distances.value(row, chosen[seen[row]]));
        }
        bound(row);
        heap.push(row);
      }
    }
    const pick = heap.pop();
    rows[scores.length] = pick;
    isPicked[pick] = 1;
    scores.push(score(pick));
    left--;
  }
  return { rows, scores };
}

/** The item with the smallest mean distance to all. */
async function mostCentral(distances: Dissimilarity, lots: Float64Array): Promise<number> {
  const { base, count, factor } = distances;
  const items = integersBetween(0, count);
  const sums = new Float64Array(count);
  for await (const { lefts, rights, bases, products } of productBlocks(distances, { items, others: items })) {
    for (let place = 0, at = 0; place < lefts.length; place++) {
      for (let column = 0; column < rights.length; column++, at++) {
        const scale = base[lefts[place]] + bases[column];
        const value = scale - factor * products[at];
        sums[lefts[place]] += Math.sqrt(value < scale / 20 ? distances.value(lefts[place], rights[column]) : value);
      }
    }
  }
  return items.reduce((best, item) =>
    sums[item] < sums[best] || (sums[item] === sums[best] && lots[item] < lots[best]) ? item : best
  );
}

/** Asks for a ranked batch ({@linkcode rankedBatch}) by the least confidence 1 − max p. */
export function rankedBatchSampling(): QueryStrategy {
  return queryStrategy({
    name: "rankedBatch",
    family: "hybrid",
    needs: ["probabilities", "embeddings", "labelledEmbeddings"],
    reference: "Cardoso et al. (2017), Ranked batch-mode active learning, Information Sciences 379, eq. 1",
    pick: async (view, k, random) =>
      rankedBatch(await view.embeddings(), {
        k,
        uncertainty: leastConfidence(await view.probabilities()),
        labelled: await view.labelledEmbeddings(),
        random,
        ids: view.candidates,
      }),
  });
}
