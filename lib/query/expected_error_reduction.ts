import { entropy } from "./entropy.ts";
import {
  effortfulStrategy,
  type EffortOptions,
  type ExpectationOptions,
  expectedOverAnswers,
} from "./expected_over_answers.ts";
import { leastConfidence } from "./least_confidence.ts";
import type { Refitter } from "./probe_refitter.ts";
import type { QueryStrategy } from "./query_strategy.ts";

/** Which error is expected. */
export interface ExpectedErrorOptions {
  /** `binary` (default): 0/1 loss, 1 − max p. `log`: log loss, −Σ p ln p, in nats. */
  readonly loss?: "binary" | "log";
}

/**
 * Expected error after asking about each item x: Σ_y p(y|x) Σ_{x′ ≠ x} ℓ(p⁺(·|x′)), where p⁺ is the model trained again
 * with x labelled y, and ℓ its own estimate of its error on another candidate x′. **Smaller** is more wanted. Range
 * [0, n − 1] for binary loss, [0, (n − 1) ln C] for log loss.
 *
 * Roy and McCallum (2001), Toward optimal active learning through sampling estimation of error reduction, ICML, eqs. 3
 * and 5. As modAL's `expected_error_reduction`, but that here a class which nobody has labelled yet counts as well.
 * Answers of probability 0 are not tried; a row with NaN is NaN. C trainings and O(n·C) more for each item.
 *
 * @returns one expected error for each row measured
 */
export function expectedErrorReduction(
  refitter: Refitter,
  { loss = "binary", ...expectation }: ExpectedErrorOptions & ExpectationOptions,
): Promise<Float64Array> {
  const measure = loss === "binary" ? leastConfidence : entropy;
  return expectedOverAnswers(expectation, async (row, label) => {
    const losses = measure(await (await refitter.refit(row, label)).probabilities());
    losses[row] = 0;
    return losses.reduce((sum, value) => sum + value, 0);
  });
}

/**
 * Asks for what leaves the least error to be expected: score −{@linkcode expectedErrorReduction}. The model is the
 * view's own refitter or a linear probe on embeddings; to stay affordable it is asked about a few candidates, the rest
 * following by lot. O(questions·C) trainings and O(questions·C·judged·d·C) more.
 */
export function expectedErrorReductionSampling(options: ExpectedErrorOptions & EffortOptions = {}): QueryStrategy {
  const { loss = "binary", ...effort } = options;
  return effortfulStrategy({
    name: "expectedErrorReduction",
    family: "decision-theoretic",
    reference: "Roy and McCallum (2001), Toward optimal active learning through sampling estimation of error " +
      "reduction, ICML",
    options: { loss },
    effort,
    score: async (refitter, expectation) =>
      (await expectedErrorReduction(refitter, { loss, ...expectation })).map((error) => -error),
  });
}
