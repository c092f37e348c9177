import type { Matrix } from "../runtime/matrix.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";
import { overVotes } from "./votes.ts";

/**
 * Variation ratio of each item: v = 1 − f/T, where f of the T passes agree on the likeliest class. Range
 * [0, 1 − 1/min(C, T)]; larger is more uncertain. One pass gives 0. A row that is NaN in any pass is NaN.
 * O(T·n·C) time.
 *
 * Freeman (1965), Elementary applied statistics; Gal, Islam and Ghahramani (2017), Deep Bayesian active learning with
 * image data, ICML, section 3. scikit-activeml agrees. modAL's `mc_dropout_max_variationRatios` is 1 − max p̄, which is
 * the least confidence of the mean; DeepAL+'s `VarRatio` is the least confidence of a single pass.
 *
 * @param passes each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no passes, or their shapes differ
 *
 * @example
 * ```ts
 * import { matrix, variationRatio } from "curio";
 * import assert from "node:assert/strict";
 *
 * const votes = [matrix([[0.9, 0.1]]), matrix([[0.6, 0.4]]), matrix([[0.2, 0.8]]), matrix([[0.7, 0.3]])];
 * assert.deepEqual([...variationRatio(votes)], [0.25]);
 * ```
 */
export function variationRatio(passes: readonly Matrix[]): Float64Array {
  return overVotes(passes, (tally) => 1 - Math.max(...tally) / passes.length);
}

/** Asks where the fewest passes agree: {@linkcode variationRatio}. O(T·n·C) time. */
export function variationRatioSampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions(options);
  return scoredStrategy({
    name: "variationRatio",
    family: "uncertainty",
    needs,
    reference: "Freeman (1965), Elementary applied statistics; Gal, Islam and Ghahramani (2017), ICML",
    options: { over: "dropoutPasses", ...options },
    score: async (view) => variationRatio(await read(view)),
  });
}
