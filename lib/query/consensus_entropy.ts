import type { Matrix } from "../runtime/matrix.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import { predictiveEntropy } from "./predictive_entropy.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Entropy of the committee's mean prediction, in nats: H(p̄) with p̄ = (1/K) Σₖ pₖ. Range [0, ln C]; larger is more
 * wanted. The same number as {@linkcode predictiveEntropy}, under the name that committees give it. O(K·n·C) time.
 *
 * As modAL's `consensus_entropy`, but that modAL divides each row by its sum first.
 *
 * @param members each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no members, or their shapes differ
 */
export function consensusEntropy(members: readonly Matrix[]): Float64Array {
  return predictiveEntropy(members);
}

/** Asks where the members' mean is spread most: {@linkcode consensusEntropy}. O(K·n·C) time. */
export function consensusEntropySampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions({ over: "committee", ...options });
  return scoredStrategy({
    name: "consensusEntropy",
    family: "committee",
    needs,
    reference: "Danka and Horvath (2018), modAL: a modular active learning framework for Python",
    options: { over: "committee", ...options },
    score: async (view) => consensusEntropy(await read(view)),
  });
}
