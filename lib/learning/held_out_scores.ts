import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { evaluationOf, type Predictions } from "../training/evaluation_of.ts";
import type { HeldOutScores } from "./round.ts";

/**
 * What a round keeps of its predictions for held-out examples: accuracy, mean negative log-likelihood, Brier score, and
 * the calibration error over bins of equal width and over bins of equally many examples.
 *
 * @throws {RangeError} as {@linkcode evaluationOf}
 *
 * @example
 * ```ts
 * import { heldOutScores, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const { accuracy, brier } = heldOutScores({
 *   labels: Int32Array.of(0, 1),
 *   probabilities: matrix([[1, 0], [0.5, 0.5]]),
 *   classNames: ["cat", "dog"],
 * });
 * assert.deepEqual([accuracy, brier], [0.5, 0.25]);
 * ```
 */
export function heldOutScores(predictions: Predictions): HeldOutScores {
  const { count, accuracy, loss, calibrationError, confusion, predictions: predicted } = evaluationOf(predictions);
  const { labels, probabilities } = predictions;
  return {
    count,
    accuracy,
    loss,
    brier: brierScore(labels, probabilities),
    calibrationError,
    adaptiveCalibrationError: adaptiveCalibrationError(labels, { predicted, probabilities }),
    confusion,
  };
}

/** Brier (1950), Verification of forecasts expressed in terms of probability, eq. 2: for any number of classes. */
function brierScore(labels: Int32Array, probabilities: Matrix): number {
  let sum = 0;
  labels.forEach((label, row) => {
    rowOf(probabilities, row).forEach((probability, column) => {
      sum += (probability - (column === label ? 1 : 0)) ** 2;
    });
  });
  return sum / labels.length;
}

interface Predicted {
  readonly predicted: Int32Array;
  readonly probabilities: Matrix;
}

/** Nguyen and O'Connor (2015), Posterior calibration and exploratory analysis, EMNLP: bins of equally many, by confidence. */
function adaptiveCalibrationError(labels: Int32Array, { predicted, probabilities }: Predicted): number {
  const bins = 15;
  const confidence = Float64Array.from(predicted, (label, row) => rowOf(probabilities, row)[label]);
  const order = [...confidence.keys()].sort((a, b) => confidence[a] - confidence[b] || a - b);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor(bin * order.length / bins);
    let gap = 0;
    for (const row of order.slice(from, Math.floor((bin + 1) * order.length / bins))) {
      gap += confidence[row] - (predicted[row] === labels[row] ? 1 : 0);
    }
    error += Math.abs(gap);
  }
  return error / order.length;
}
