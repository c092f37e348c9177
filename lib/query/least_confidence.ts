import type { Matrix } from "../runtime/matrix.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { overRows } from "./over_rows.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/** How uncertainty is scaled. */
export interface NormalisedOptions {
  /** Divide by the value at the uniform distribution, so that the range is [0, 1] for any number of classes. */
  readonly normalised?: boolean;
}

/**
 * Least confidence of each row p: u = 1 − maxᶜ p(c). Range [0, 1 − 1/C]; larger is more uncertain. Normalised:
 * u / (1 − 1/C).
 *
 * A row with NaN in it is NaN. Rows are taken as they are: a row of zeros gives 1. With one class the normalised value
 * is 0. O(n·C) time.
 *
 * Culotta and McCallum (2005), Reducing labeling effort for structured prediction tasks, AAAI; Settles (2009), Active
 * learning literature survey, eq. 1. modAL, scikit-activeml and ALiPy use 1 − max p; DISTIL and libact −max p; Lightly
 * the normalised form. All ask alike.
 *
 * @param probabilities `[items, classes]`
 * @returns `[items]`
 *
 * @example
 * ```ts
 * import { leastConfidence, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...leastConfidence(matrix([[0.75, 0.25], [0.5, 0.5]]))], [0.25, 0.5]);
 * ```
 */
export function leastConfidence(probabilities: Matrix, { normalised = false }: NormalisedOptions = {}): Float64Array {
  const scale = normalised ? normaliser(1 - 1 / probabilities.columns) : 1;
  const result = overRows(probabilities, "largest");
  for (let row = 0; row < result.length; row++) result[row] = (1 - result[row]) * scale;
  return result;
}

/** What to multiply with so that `largest` becomes 1; 0 where there is nothing to scale. */
export function normaliser(largest: number): number {
  return largest > 0 ? 1 / largest : 0;
}

/**
 * Asks for what the model is least confident about: {@linkcode leastConfidence}. O(n·C) time.
 */
export function leastConfidenceSampling(options: NormalisedOptions = {}): QueryStrategy {
  return scoredStrategy({
    name: "leastConfidence",
    family: "uncertainty",
    needs: ["probabilities"],
    reference: "Culotta and McCallum (2005), Reducing labeling effort for structured prediction tasks, AAAI",
    options: { normalised: false, ...options },
    score: async (view) => leastConfidence(await view.probabilities(), options),
  });
}
