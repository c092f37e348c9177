import type { Matrix } from "../runtime/matrix.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";
import { overVotes } from "./votes.ts";

/**
 * Vote entropy of each item, in nats: −Σᶜ v(c) ln v(c), where v(c) is the share of members whose likeliest class is c.
 * Range [0, ln min(C, K)] for K members; larger is more wanted. A row that is NaN for any member is NaN. O(K·n·C) time.
 *
 * Dagan and Engelson (1995), Committee-based sampling for training probabilistic classifiers, ICML, eq. 1 (there divided
 * by ln min(C, K), which changes no order). modAL, scikit-activeml and libact agree; ALiPy adds 1e-9 in the logarithm.
 *
 * @param members each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no members, or their shapes differ
 */
export function voteEntropy(members: readonly Matrix[]): Float64Array {
  return overVotes(members, (tally) => {
    let entropy = 0;
    for (const votes of tally) {
      if (votes > 0) entropy += votes / members.length * Math.log(members.length / votes);
    }
    return entropy;
  });
}

/** Asks where the members' votes are split most: {@linkcode voteEntropy}. O(K·n·C) time. */
export function voteEntropySampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions({ over: "committee", ...options });
  return scoredStrategy({
    name: "voteEntropy",
    family: "committee",
    needs,
    reference: "Dagan and Engelson (1995), Committee-based sampling for training probabilistic classifiers, ICML",
    options: { over: "committee", ...options },
    score: async (view) => voteEntropy(await read(view)),
  });
}
