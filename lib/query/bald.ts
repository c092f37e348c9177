import type { Matrix } from "../runtime/matrix.ts";
import { meanMatrix, type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { overRows } from "./over_rows.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * BALD of each item: the mutual information of its label and the model's weights, in nats,
 * I = H(p̄) − (1/T) Σₜ H(pₜ) with p̄ = (1/T) Σₜ pₜ. Range [0, ln min(C, T)]; larger is more wanted: the passes are each
 * sure, of different things.
 *
 * A row that is NaN in any pass is NaN. One pass gives 0. O(T·n·C) time. It equals {@linkcode meanDisagreement}.
 *
 * Houlsby, Huszár, Ghahramani and Lengyel (2011), Bayesian active learning for classification and preference learning,
 * eq. 2; over dropout: Gal, Islam and Ghahramani (2017), Deep Bayesian active learning with image data, ICML. modAL,
 * baal, DISTIL and scikit-activeml agree; small-text counts in bits.
 *
 * @param passes each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no passes, or their shapes differ
 *
 * @example
 * ```ts
 * import { bald, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const [quarrel, doubt] = bald([matrix([[1, 0], [0.5, 0.5]]), matrix([[0, 1], [0.5, 0.5]])]);
 * assert.ok(Math.abs(quarrel - Math.log(2)) < 1e-9);
 * assert.equal(doubt, 0);
 * ```
 */
export function bald(passes: readonly Matrix[]): Float64Array {
  const information = overRows(meanMatrix(passes), "entropy");
  for (const pass of passes) {
    overRows(pass, "entropy").forEach((value, row) => information[row] -= value / passes.length);
  }
  // An information is never negative; what rounding leaves below 0 is 0, and NaN stays.
  return information.map((value) => value < 0 ? 0 : value);
}

/** Asks where the model would learn most about itself: {@linkcode bald}. O(T·n·C) time. */
export function baldSampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions(options);
  return scoredStrategy({
    name: "bald",
    family: "bayesian",
    needs,
    reference: "Houlsby et al. (2011), Bayesian active learning for classification and preference learning",
    options: { over: "dropoutPasses", ...options },
    score: async (view) => bald(await read(view)),
  });
}
