import { nearestToCentres } from "./k_means_sampling.ts";
import { margin } from "./margin.ts";
import { gatherRows } from "../runtime/matrix.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { topK } from "./top_k.ts";

/** How {@linkcode diverseMiniBatchSampling} pre-selects. */
export interface DiverseMiniBatchOptions {
  /** The β·k most uncertain candidates are clustered; ≥ 1. Default 10, as in the paper. */
  readonly beta?: number;
}

/**
 * Diverse mini-batch: the β·k candidates with the smallest margin are clustered by k-means, each weighted by its
 * uncertainty 1 − margin, and the one nearest to each of k centres is asked.
 *
 * Zhdanov (2019), Diverse mini-batch active learning, arXiv 1901.05954, algorithm 1. Scores: minus the distance to the
 * centre. O(n·C) time and k-means on β·k rows.
 *
 * @throws {RangeError} if `beta` is below 1
 */
export function diverseMiniBatchSampling({ beta = 10 }: DiverseMiniBatchOptions = {}): QueryStrategy {
  if (!(beta >= 1)) throw new RangeError(`Cannot pre-select: beta must be at least 1: current value is ${beta}`);
  return queryStrategy({
    name: "diverseMiniBatch",
    family: "hybrid",
    needs: ["probabilities", "embeddings"],
    reference: "Zhdanov (2019), Diverse mini-batch active learning, arXiv 1901.05954, algorithm 1",
    options: { beta },
    pick: async (view, k, random) => {
      const uncertainty = margin(await view.probabilities()).map((gap) => 1 - gap);
      const size = Math.min(view.candidates.length, Math.ceil(beta * k));
      const rows = topK(uncertainty, size, { random: random.child("filter"), ids: view.candidates }).sort();
      const { rows: places, scores } = await nearestToCentres(gatherRows(await view.embeddings(), rows), {
        k,
        random,
        ids: rows.map((row) => view.candidates[row]),
        // A row that cannot be read has no uncertainty, but can still be asked when nothing else is left.
        weights: Float64Array.from(rows, (row) => uncertainty[row] >= 0 ? uncertainty[row] : 0),
      });
      return { rows: Array.from(places, (place) => rows[place]), scores };
    },
  });
}
