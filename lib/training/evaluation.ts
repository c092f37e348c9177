import type { Matrix } from "../runtime/matrix.ts";

/** How well one class is recognised. */
export interface ClassMetrics {
  readonly className: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Images of this class. */
  readonly support: number;
}

/** Precision, recall and F1 averaged over classes. */
export type AverageMetrics = Pick<ClassMetrics, "precision" | "recall" | "f1">;

/** Predictions of like confidence, and how many of them were right. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean of the largest probability. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** What a classifier does on labelled images that it was not trained on. */
export interface Evaluation {
  readonly classNames: readonly string[];
  readonly count: number;
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number;
  readonly accuracy: number;
  /** 95 % interval of the accuracy (Wilson, 1927). */
  readonly accuracyInterval: readonly [low: number, high: number];
  readonly classes: readonly ClassMetrics[];
  /** Every class counts alike. */
  readonly macro: AverageMetrics;
  /** Every class counts by its support. */
  readonly weighted: AverageMetrics;
  /** `confusion[i][j]`: images of class i that were taken for class j. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error (Guo et al., 2017, eq. 3), over `reliability`. */
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
  /** `[count, classes]` */
  readonly probabilities: Matrix;
}
