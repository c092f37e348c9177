import {
  effortfulStrategy,
  type EffortOptions,
  type ExpectationOptions,
  expectedOverAnswers,
} from "./expected_over_answers.ts";
import type { Refitter } from "./probe_refitter.ts";
import type { QueryStrategy } from "./query_strategy.ts";

/**
 * Expected change of the model by asking about each item x: Σ_y p(y|x) ‖θ⁺ − θ‖₂, where θ are the weights now and θ⁺
 * the weights after training again with x labelled y. Range [0, ∞); larger is more wanted.
 *
 * Settles, Craven and Ray (2008), Multiple-instance active learning, NeurIPS, section 3.2, propose the change and
 * approximate it by the gradient ({@linkcode expectedGradientLength}); this is the change itself.
 * scikit-activeml's `ExpectedModelChangeMaximization` is for regression. Answers of probability 0 are not tried; a row
 * with NaN is NaN. C trainings for each item.
 *
 * @returns one expected change for each row measured
 */
export function expectedModelChange(refitter: Refitter, expectation: ExpectationOptions): Promise<Float64Array> {
  return expectedOverAnswers(expectation, async (row, label) => {
    const { parameters } = await refitter.refit(row, label);
    return Math.sqrt(parameters.reduce((sum, weight, at) => sum + (weight - refitter.parameters[at]) ** 2, 0));
  });
}

/**
 * Asks for what would change the model most: {@linkcode expectedModelChange}. The model is the view's own refitter or a
 * linear probe on embeddings; to stay affordable it is asked about a few candidates, the rest following by lot.
 * O(questions·C) trainings.
 */
export function expectedModelChangeSampling(options: Pick<EffortOptions, "questions"> = {}): QueryStrategy {
  const { questions = 50 } = options;
  return effortfulStrategy({
    name: "expectedModelChange",
    family: "decision-theoretic",
    reference: "Settles, Craven and Ray (2008), Multiple-instance active learning, NeurIPS",
    effort: { questions, judged: questions },
    score: expectedModelChange,
  });
}
