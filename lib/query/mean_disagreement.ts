import type { Matrix } from "../runtime/matrix.ts";
import { foldDivergences } from "./fold_divergences.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Of each item, the mean divergence of the members from the consensus, in nats: (1/K) Σₖ KL(pₖ ‖ p̄). Range
 * [0, ln min(C, K)] for K members; larger is more wanted. It equals {@linkcode bald} over the same members.
 *
 * McCallum and Nigam (1998), Employing EM and pool-based active learning for text classification, ICML, eq. 3.
 * scikit-activeml and libact agree (the former clips at 1e-7); ALiPy takes the sum. A row that is NaN for any member is
 * NaN. O(K·n·C) time.
 *
 * @param members each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no members, or their shapes differ
 */
export function meanDisagreement(members: readonly Matrix[]): Float64Array {
  return foldDivergences(members, (sum, divergence) => sum + divergence).map((sum) => sum / members.length);
}

/** Asks where the members stray most on the whole: {@linkcode meanDisagreement}. O(K·n·C) time. */
export function meanDisagreementSampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions({ over: "committee", ...options });
  return scoredStrategy({
    name: "meanDisagreement",
    family: "committee",
    needs,
    reference: "McCallum and Nigam (1998), Employing EM and pool-based active learning for text classification, ICML",
    options: { over: "committee", ...options },
    score: async (view) => meanDisagreement(await read(view)),
  });
}
