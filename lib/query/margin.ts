import type { Matrix } from "../runtime/matrix.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { overRows } from "./over_rows.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Margin of each row p: the largest probability less the second largest. Range [0, 1]; **smaller** is more uncertain.
 *
 * A row with NaN in it is NaN. With one class the margin is 0, as in modAL. O(n·C) time, one pass.
 *
 * Scheffer, Decomain and Wrobel (2001), Active hidden Markov models for information extraction, IDA; Settles (2009),
 * Active learning literature survey, eq. 2. modAL has p₁ − p₂ and takes the smallest; scikit-activeml and Lightly
 * 1 − (p₁ − p₂); ALiPy and DISTIL p₂ − p₁. All ask alike.
 *
 * @param probabilities `[items, classes]`
 * @returns `[items]`
 *
 * @example
 * ```ts
 * import { margin, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...margin(matrix([[0.5, 0.25, 0.25], [0.5, 0, 0.5]]))], [0.25, 0]);
 * ```
 */
export function margin(probabilities: Matrix): Float64Array {
  return probabilities.columns < 2 ? new Float64Array(probabilities.rows) : overRows(probabilities, "gap");
}

/** Asks where the two likeliest classes are closest: score 1 − {@linkcode margin}. O(n·C) time. */
export function marginSampling(): QueryStrategy {
  return scoredStrategy({
    name: "margin",
    family: "uncertainty",
    needs: ["probabilities"],
    reference: "Scheffer, Decomain and Wrobel (2001), Active hidden Markov models for information extraction, IDA",
    score: async (view) => margin(await view.probabilities()).map((gap) => 1 - gap),
  });
}
