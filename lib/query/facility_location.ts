import type { Matrix } from "../runtime/matrix.ts";
import { amongUsable, finiteRows, rowsAt, rowsThat } from "./among_usable.ts";
import { cosineDistance } from "./cosine_distance.ts";
import { type Dissimilarity, integersBetween, productBlocks } from "./dissimilarity.ts";
import { lotsFor, type TieOptions } from "./lots.ts";
import { maxHeap } from "./max_heap.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

/** What {@linkcode facilityLocation} takes for similarity. */
export interface FacilityLocationOptions {
  /** `cosine`: (1 + cos) ÷ 2 (default); `euclidean`: 1 ÷ (1 + ‖x − y‖). Both in [0, 1]. */
  readonly similarity?: "cosine" | "euclidean";
}

/** {@linkcode FacilityLocationOptions}, and what to pick. */
export interface FacilityLocationInputs extends FacilityLocationOptions, TieOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  /** What serves the rows already. Default: nothing. */
  readonly labelled?: Matrix;
}

/**
 * Facility location: rows that serve all rows well, greedily. F(S) = Σ_i max_{j ∈ S} s(i, j) over the rows i, with S
 * what is labelled or picked and s a similarity in [0, 1]; each pick adds most to F. F is monotone and submodular, so k
 * picks reach at least 1 − 1/e of what any k could add.
 *
 * Nemhauser, Wolsey and Fisher (1978), An analysis of approximations for maximizing submodular set functions; lazy as
 * Minoux (1978) has it: gains only shrink, so those out of date are upper bounds, and only the topmost are computed
 * anew, a few at a time as one matrix product. The first gains take O(n² · d) time, each pick O(n · d) for every
 * refresh; O(n) memory, where submodlib and apricot hold n × n. Similarities are float32.
 *
 * Scores: the gain in F. Rows that are not finite come last.
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows
 */
export async function facilityLocation(points: Matrix, inputs: FacilityLocationInputs): Promise<Picks> {
  const { k, labelled, similarity = "cosine" } = inputs;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  const lots = lotsFor(points.rows, inputs);
  const usable = finiteRows(points);
  return await amongUsable({ count: points.rows, usable, k, lots }, (rows, wanted) => {
    const candidates = rowsAt(points, rows);
    const matrices = labelled ? [candidates, rowsThat(finiteRows, labelled)] : [candidates];
    const [dissimilarity, similarityOf] = similarity === "cosine"
      ? [cosineDistance(...matrices), (distance: number) => 1 - distance / 2] as const
      : [squaredEuclidean(...matrices), (squared: number) => 1 / (1 + Math.sqrt(squared))] as const;
    return lazyGreedy({
      dissimilarity,
      similarityOf,
      candidates: candidates.rows,
      k: wanted,
      lots: Float64Array.from(rows, (row) => lots[row]),
    });
  });
}

interface LazyGreedyOptions {
  readonly dissimilarity: Dissimilarity;
  readonly similarityOf: (value: number) => number;
  /** Items 0…`candidates` − 1 are served, and may be picked; the others serve already. */
  readonly candidates: number;
  readonly k: number;
  readonly lots: Float64Array;
}

async function lazyGreedy(options: LazyGreedyOptions): Promise<Picks> {
  const { dissimilarity, similarityOf, candidates, k, lots } = options;
  const { base, count, factor } = dissimilarity;
  const everyone = integersBetween(0, candidates);
  const served = new Float64Array(candidates);
  const gains = new Float64Array(candidates);

  /** Calls `visit` with the similarity of every item to each of `others`. */
  async function compare(others: Int32Array, visit: (item: number, other: number, similarity: number) => void) {
    for await (const block of productBlocks(dissimilarity, { items: everyone, others })) {
      const { lefts, rights, bases, products } = block;
      for (let place = 0, at = 0; place < lefts.length; place++) {
        for (let column = 0; column < rights.length; column++, at++) {
          const value = Math.max(0, base[lefts[place]] + bases[column] - factor * products[at]);
          visit(lefts[place], rights[column], similarityOf(value));
        }
      }
    }
  }
  const serve = (item: number, _other: number, similarity: number) => {
    if (similarity > served[item]) served[item] = similarity;
  };
  const gain = (item: number, other: number, similarity: number) => {
    if (similarity > served[item]) gains[other] += similarity - served[item];
  };

  await compare(integersBetween(candidates, count), serve);
  await compare(everyone, gain);
  const heap = maxHeap(everyone, (a, b) => gains[a] !== gains[b] ? gains[a] > gains[b] : lots[a] < lots[b]);
  const seen = new Int32Array(candidates);
  const rows: number[] = [];
  const scores: number[] = [];
  const atOnce = 16;
  while (rows.length < k) {
    while (seen[heap.top] < rows.length) {
      const stale: number[] = [];
      while (stale.length < atOnce && heap.size > 0 && seen[heap.top] < rows.length) stale.push(heap.pop());
      for (const row of stale) {
        gains[row] = 0;
        seen[row] = rows.length;
      }
      await compare(Int32Array.from(stale), gain);
      for (const row of stale) heap.push(row);
    }
    const pick = heap.pop();
    rows.push(pick);
    scores.push(gains[pick]);
    await compare(Int32Array.of(pick), serve);
  }
  return { rows, scores };
}

/** Asks for candidates that serve the pool well: {@linkcode facilityLocation} on the embeddings. */
export function facilityLocationSampling({ similarity = "cosine" }: FacilityLocationOptions = {}): QueryStrategy {
  return queryStrategy({
    name: "facilityLocation",
    family: "diversity",
    needs: ["embeddings", "labelledEmbeddings"],
    reference:
      "Nemhauser, Wolsey and Fisher (1978), An analysis of approximations for maximizing submodular set functions; " +
      "Wei, Iyer and Bilmes (2015), Submodularity in data subset selection and active learning, ICML",
    options: { similarity },
    pick: async (view, k, random) =>
      facilityLocation(await view.embeddings(), {
        k,
        labelled: await view.labelledEmbeddings(),
        similarity,
        random,
        ids: view.candidates,
      }),
  });
}
