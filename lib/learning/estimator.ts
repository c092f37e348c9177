import type { Matrix } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import type { Instances } from "./instances.ts";

/** What an estimator is told besides the examples. */
export interface EstimatorFitOptions {
  /** Of order, augmentation and dropout. */
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** What fitting took. */
export interface FitSummary {
  /** Gradient steps, or iterations of a solver. */
  readonly steps?: number;
}

/** Passes of Monte-Carlo dropout. */
export interface PassOptions extends PredictionOptions {
  readonly passes: number;
  readonly random: Random;
}

/** How to predict. */
export interface PredictionOptions {
  readonly signal?: AbortSignal;
}

/** λ and σ of Ash and Adams (2020). */
export interface ShrinkAndPerturbOptions {
  /** λ: what every trainable weight is multiplied by. */
  readonly shrink: number;
  /** σ: standard deviation of the Gaussian noise that is added then. */
  readonly noise: number;
  readonly random: Random;
}

/**
 * A model as the loop sees it: `fit` and `probabilities` are all that most strategies need. What else it can give is
 * offered to strategies that read it.
 *
 * @template X what it learns from: rows of features, or images
 */
export interface Estimator<X extends Instances = Instances> {
  /** Learns from these, beginning from whatever it knows. */
  fit(instances: X, labels: Int32Array, options: EstimatorFitOptions): Promise<FitSummary | void>;
  /** `[instances, classes]`, each row a distribution. */
  probabilities(instances: X, options?: PredictionOptions): Promise<Matrix>;
  /** `[instances, classes]`, before the softmax. */
  logits?(instances: X, options?: PredictionOptions): Promise<Matrix>;
  /** `[instances, features]` */
  embeddings?(instances: X, options?: PredictionOptions): Promise<Matrix>;
  /** One `[instances, classes]` for each member of a committee. */
  members?(instances: X, options?: PredictionOptions): Promise<readonly Matrix[]>;
  /** One `[instances, classes]` for each pass with dropout left on. */
  dropoutPasses?(instances: X, options: PassOptions): Promise<readonly Matrix[]>;
  /** Everything that decides its numbers, as plain JSON: a run is named by it. */
  describe?(): unknown;
  /** All that it has learnt, for a run that goes on from it in another process. */
  save?(): Promise<Uint8Array>;
  restore?(saved: Uint8Array): Promise<void>;
  /** Ash and Adams (2020): every trainable weight θ becomes λ·θ + ε, ε normal with standard deviation σ. */
  shrinkAndPerturb?(options: ShrinkAndPerturbOptions): Promise<void>;
  dispose?(): Promise<void>;
}

/** How to make an estimator anew: what a run that trains from scratch does in each round. */
export interface EstimatorRecipe<X extends Instances = Instances> {
  /** As tables and legends call it. */
  readonly name: string;
  /** @param random of its initial weights */
  make(random: Random): Estimator<X> | Promise<Estimator<X>>;
}
