import type { Matrix } from "../runtime/matrix.ts";
import { foldDivergences } from "./fold_divergences.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Of each item, the largest divergence of a member from the consensus, in nats: maxₖ KL(pₖ ‖ p̄) with
 * p̄ = (1/K) Σₖ pₖ and 0 ln 0 = 0. Range [0, ln K] for K members; larger is more wanted: one member sees something else.
 *
 * As modAL's `KL_max_disagreement`. Under the name of KL disagreement scikit-activeml and libact compute the mean
 * ({@linkcode meanDisagreement}) and ALiPy the sum. A row that is NaN for any member is NaN. O(K·n·C) time.
 *
 * @param members each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no members, or their shapes differ
 *
 * @example
 * ```ts
 * import { matrix, maximumDisagreement } from "curio";
 * import assert from "node:assert/strict";
 *
 * const [value] = maximumDisagreement([matrix([[1, 0]]), matrix([[1, 0]]), matrix([[0, 1]])]);
 * assert.ok(Math.abs(value - Math.log(3)) < 1e-12);
 * ```
 */
export function maximumDisagreement(members: readonly Matrix[]): Float64Array {
  return foldDivergences(members, (largest, divergence) => divergence > largest ? divergence : largest);
}

/** Asks where one member strays farthest from the rest: {@linkcode maximumDisagreement}. O(K·n·C) time. */
export function maximumDisagreementSampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions({ over: "committee", ...options });
  return scoredStrategy({
    name: "maximumDisagreement",
    family: "committee",
    needs,
    reference: "Danka and Horvath (2018), modAL: a modular active learning framework for Python: max_disagreement",
    options: { over: "committee", ...options },
    score: async (view) => maximumDisagreement(await read(view)),
  });
}
