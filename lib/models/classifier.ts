import type { Dataset, ImageSource } from "../data/dataset.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { EvaluateOptions, Predictor } from "../training/evaluate.ts";
import type { Evaluation } from "../training/evaluation.ts";
import type { FitOptions } from "../training/fit_options.ts";
import type { History } from "../training/history.ts";
import type { PredictOptions } from "../training/run_forward.ts";

/** Learns from labelled images, and says what it believes about others. */
export interface Classifier extends Predictor {
  readonly classNames: readonly string[];
  /** Trains from the present weights on. */
  fit(train: Dataset, options: FitOptions): Promise<History>;
  /** Scores before the softmax, `[images, classes]`. */
  logits(images: ImageSource, options?: PredictOptions): Promise<Matrix>;
  /** `[images, classes]`, each row a distribution. */
  probabilities(images: ImageSource, options?: PredictOptions): Promise<Matrix>;
  /** What the classifier sees in each image, `[images, features]`. */
  embeddings(images: ImageSource, options?: PredictOptions): Promise<Matrix>;
  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation>;
  /** Writes everything that is needed to load it again into a folder; a reader finds the old or the new one, whole. */
  save(folder: string): Promise<void>;
  dispose(): Promise<void>;
}
