import type { Random } from "../runtime/random.ts";
import type { PoolView } from "./pool_view.ts";
import { type QueryStrategy, queryStrategy, type StrategyDefinition } from "./query_strategy.ts";
import { topK } from "./top_k.ts";

/** What {@linkcode scoredStrategy} makes a strategy of. */
export interface ScoredDefinition extends Omit<StrategyDefinition, "pick"> {
  /** The utility of each row; larger is more wanted, and not a number is wanted last. */
  score(view: PoolView, random: Random): Promise<Float64Array>;
}

/** A strategy that gives every candidate a utility of its own and asks for the `k` largest; ties are drawn by lot. */
export function scoredStrategy({ score, ...facts }: ScoredDefinition): QueryStrategy {
  return queryStrategy({
    ...facts,
    async pick(view, k, random) {
      const scores = await score(view, random.child("scores"));
      const rows = topK(scores, k, { random: random.child("ties"), ids: view.candidates });
      return { rows, scores: Float64Array.from(rows, (row) => scores[row]) };
    },
  });
}
