import type { Matrix } from "../runtime/matrix.ts";
import { meanMatrix, type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { overRows } from "./over_rows.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Predictive entropy of each item over passes, in nats: H(p̄) with p̄ = (1/T) Σₜ pₜ. Range [0, ln C]; larger is more
 * uncertain. A row that is NaN in any pass is NaN. O(T·n·C) time.
 *
 * Gal, Islam and Ghahramani (2017), Deep Bayesian active learning with image data, ICML, section 3 ("Max Entropy").
 * baal's `Entropy` agrees. modAL's `mc_dropout_max_entropy` is (T/C) times the mean of the passes' own entropies, which
 * is another thing: it does not see the passes disagree.
 *
 * @param passes each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no passes, or their shapes differ
 */
export function predictiveEntropy(passes: readonly Matrix[]): Float64Array {
  return overRows(meanMatrix(passes), "entropy");
}

/** Asks where the mean of the passes is spread most: {@linkcode predictiveEntropy}. O(T·n·C) time. */
export function predictiveEntropySampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions(options);
  return scoredStrategy({
    name: "predictiveEntropy",
    family: "bayesian",
    needs,
    reference: "Gal, Islam and Ghahramani (2017), Deep Bayesian active learning with image data, ICML",
    options: { over: "dropoutPasses", ...options },
    score: async (view) => predictiveEntropy(await read(view)),
  });
}
