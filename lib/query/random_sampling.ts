import { drawById } from "./draw_by_id.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Uniformly at random: the baseline that a strategy has to beat. Each item draws a number by its id and the largest
 * are asked, so a seed gives the same order of preference whatever the pool.
 *
 * O(n) time. Scores are the numbers drawn, in [0, 1).
 */
export function randomSampling(): QueryStrategy {
  return scoredStrategy({
    name: "random",
    family: "baseline",
    needs: [],
    reference: "Lewis and Gale (1994), A sequential algorithm for training text classifiers, SIGIR: its baseline",
    score: ({ candidates }, random) => Promise.resolve(Float64Array.from(candidates, drawById(random))),
  });
}
