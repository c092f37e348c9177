import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { AverageMetrics, ClassMetrics, Evaluation, ReliabilityBin } from "./evaluation.ts";
import { wilsonInterval } from "./wilson_interval.ts";

/** What was predicted, and what was true. */
export interface Predictions {
  /** True classes, `[count]`. */
  readonly labels: Int32Array;
  /** `[count, classes]`, each row a distribution. */
  readonly probabilities: Matrix;
  readonly classNames: readonly string[];
}

/** Options of {@linkcode evaluationOf}. */
export interface EvaluationOptions {
  /** Bins of equal width for the calibration error; default 15, as in Guo et al. (2017). */
  readonly bins?: number;
}

/** The smallest probability that float32 holds in full: no prediction costs more than −ln of it, 87.3 nats. */
const smallestProbability = 2 ** -126;

/**
 * Every metric of a set of predictions; the predicted class is that of the largest probability, the first of equals.
 *
 * - precision = right / predicted, recall = right / support, F1 = 2·P·R / (P + R); where the denominator is 0, the
 *   metric is 0
 * - macro averages count every class alike, also those without images; weighted ones by support
 * - calibration error: Σ over bins of |bin| / n · |accuracy − confidence| (Guo et al., 2017, eq. 3); bin m holds
 *   confidences in ((m − 1) / bins, m / bins]; an empty bin's confidence and accuracy are 0
 *
 * @throws {RangeError} if there is nothing to evaluate, the sizes do not match, a label is not a class or a probability
 * is not in [0, 1]
 *
 * @example
 * ```ts
 * import { evaluationOf, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const { accuracy, confusion } = evaluationOf({
 *   labels: Int32Array.of(0, 1, 1),
 *   probabilities: matrix([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]),
 *   classNames: ["cat", "dog"],
 * });
 * assert.equal(accuracy, 2 / 3);
 * assert.deepEqual(confusion, [[1, 0], [1, 1]]);
 * ```
 */
export function evaluationOf(predictions: Predictions, { bins = 15 }: EvaluationOptions = {}): Evaluation {
  checkPredictions(predictions);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`Cannot evaluate: bins must be a positive integer: current value is ${bins}`);
  }
  const { labels, probabilities, classNames } = predictions;
  const count = labels.length;
  const predicted = labels.map((_, row) => largestAt(rowOf(probabilities, row)));
  const confusion = classNames.map(() => new Array<number>(classNames.length).fill(0));
  let loss = 0;
  for (let row = 0; row < count; row++) {
    confusion[labels[row]][predicted[row]]++;
    loss -= Math.log(Math.max(rowOf(probabilities, row)[labels[row]], smallestProbability));
  }
  const right = confusion.reduce((sum, row, label) => sum + row[label], 0);
  const classes = classNames.map((_, label) => metricsOf(label, { confusion, classNames }));
  const reliability = reliabilityOf({ labels, predicted, probabilities }, bins);
  return {
    classNames,
    count,
    loss: loss / count,
    accuracy: right / count,
    accuracyInterval: wilsonInterval(right, count),
    classes,
    macro: average(classes, () => 1 / classes.length),
    weighted: average(classes, ({ support }) => support / count),
    confusion,
    calibrationError: reliability.reduce(
      (sum, { count: size, accuracy, confidence }) => sum + size / count * Math.abs(accuracy - confidence),
      0,
    ),
    reliability,
    labels,
    predictions: predicted,
    probabilities,
  };
}

function metricsOf(
  label: number,
  { confusion, classNames }: { confusion: readonly number[][]; classNames: readonly string[] },
): ClassMetrics {
  const right = confusion[label][label];
  const support = confusion[label].reduce((sum, images) => sum + images, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[label], 0);
  const precision = predicted === 0 ? 0 : right / predicted;
  const recall = support === 0 ? 0 : right / support;
  const f1 = precision + recall === 0 ? 0 : 2 * precision * recall / (precision + recall);
  return { className: classNames[label], precision, recall, f1, support };
}

function average(classes: readonly ClassMetrics[], weightOf: (metrics: ClassMetrics) => number): AverageMetrics {
  const sums = { precision: 0, recall: 0, f1: 0 };
  for (const metrics of classes) {
    const weight = weightOf(metrics);
    sums.precision += weight * metrics.precision;
    sums.recall += weight * metrics.recall;
    sums.f1 += weight * metrics.f1;
  }
  return sums;
}

function reliabilityOf(
  { labels, predicted, probabilities }: { labels: Int32Array; predicted: Int32Array; probabilities: Matrix },
  bins: number,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const confidence = rowOf(probabilities, row)[predicted[row]];
    const place = Math.ceil(confidence * bins) - 1;
    // A confidence of 0.4 is a little more in float32, and yet belongs to the bin that ends at 0.4.
    const onEdge = confidence <= Math.fround(place / bins);
    const bin = sums[Math.min(bins - 1, Math.max(0, onEdge ? place - 1 : place))];
    bin.count++;
    bin.confidence += confidence;
    if (predicted[row] === labels[row]) bin.right++;
  }
  return sums.map(({ count, confidence, right }, place) => ({
    low: place / bins,
    high: (place + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

function largestAt(row: Float32Array): number {
  let best = 0;
  for (let column = 1; column < row.length; column++) if (row[column] > row[best]) best = column;
  return best;
}

function checkPredictions({ labels, probabilities: { rows, columns, data }, classNames }: Predictions): void {
  if (labels.length === 0) {
    throw new RangeError("Cannot evaluate: there must be at least one image: current value is 0");
  }
  if (rows !== labels.length || columns !== classNames.length) {
    throw new RangeError(
      `Cannot evaluate: probabilities must be ${labels.length}×${classNames.length}, images by classes: ` +
        `current value is ${rows}×${columns}`,
    );
  }
  const wrongLabel = labels.findIndex((label) => !(label >= 0 && label < columns));
  if (wrongLabel >= 0) {
    throw new RangeError(
      `Cannot evaluate: a label must be in 0…${columns - 1}: current value is ${
        labels[wrongLabel]
      }, image ${wrongLabel}`,
    );
  }
  const wrong = data.findIndex((value) => !(value >= 0 && value <= 1 + 1e-6));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot evaluate: a probability must be in 0…1: current value is ${data[wrong]}, image ` +
        `${Math.floor(wrong / columns)}. Give probabilities, not logits.`,
    );
  }
}
