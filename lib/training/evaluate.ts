import type { Dataset, ImageSource } from "../data/dataset.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Evaluation } from "./evaluation.ts";
import { evaluationOf, type EvaluationOptions } from "./evaluation_of.ts";
import type { PredictOptions } from "./run_forward.ts";

/** Whatever says how likely each class is for an image. */
export interface Predictor {
  /** @returns `[images, classes]`, each row a distribution */
  probabilities(images: ImageSource, options?: PredictOptions): Promise<Matrix>;
}

/** Options of {@linkcode evaluate}. */
export interface EvaluateOptions extends PredictOptions, EvaluationOptions {}

/**
 * Measures a classifier on labelled images that it was not trained on; {@linkcode evaluationOf} defines the metrics.
 *
 * @throws {RangeError} if the dataset is empty or does not fit the classifier
 */
export async function evaluate(
  predictor: Predictor,
  { images, labels, classNames }: Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return evaluationOf({ labels, probabilities: await predictor.probabilities(images, options), classNames }, options);
}
