import { audit } from "../runtime/audit_trail.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { checkLabels } from "./check_labels.ts";
import { type LinearClassifier, linearClassifier } from "./linear_classifier.ts";

/**
 * Classifies embeddings by the nearest of the classes' means, with the probabilities of Gaussians of one variance σ² in
 * all classes and directions, p(c|h) ∝ exp(−‖h − μ_c‖² / 2σ²): a linear classifier that needs no training. σ² is the
 * mean squared distance of a feature from its class's mean. Its answers are scikit-learn's `NearestCentroid`'s; its
 * probabilities are surer than they should be, since features are not independent. Classes without items have
 * probability 0.
 *
 * @param embeddings `[items, features]`
 * @param labels their classes
 * @throws {RangeError} if there is not one label for each, or a label is no class
 *
 * @example
 * ```ts
 * import { matrix, nearestCentroid } from "curio";
 * import assert from "node:assert/strict";
 *
 * // Centroids at 1 and 6, σ² = 1: the odds at 3 are exp((3² − 2²) / 2).
 * const { probabilities } = nearestCentroid(matrix([[0], [2], [5], [7]]), [0, 0, 1, 1], { classNames: ["a", "b"] });
 * const [a, b] = (await probabilities(matrix([[3]]))).data;
 * assert.ok(Math.abs(Math.log(a / b) - 2.5) < 1e-5);
 * ```
 */
export function nearestCentroid(
  embeddings: Matrix,
  labels: ArrayLike<number>,
  { classNames }: { readonly classNames: readonly string[] },
): LinearClassifier {
  const { rows, columns } = embeddings;
  const classes = classNames.length;
  checkLabels(labels, { rows, classes });
  const counts = new Float64Array(classes);
  const centroids = new Float64Array(classes * columns);
  for (let item = 0; item < rows; item++) counts[labels[item]]++;
  for (let item = 0; item < rows; item++) {
    rowOf(embeddings, item).forEach((value, at) =>
      centroids[labels[item] * columns + at] += value / counts[labels[item]]
    );
  }
  let variance = 0;
  for (let item = 0; item < rows; item++) {
    rowOf(embeddings, item).forEach((value, at) => variance += (value - centroids[labels[item] * columns + at]) ** 2);
  }
  // With one item a class any variance gives the same answers.
  variance = variance / (rows * columns) || 1;
  const weights = new Float64Array(classes * (columns + 1));
  for (let label = 0; label < classes; label++) {
    const to = label * (columns + 1);
    if (counts[label] === 0) weights[to + columns] = -Infinity;
    for (let at = 0; at < columns; at++) {
      const centre = centroids[label * columns + at];
      weights[to + at] = centre / variance;
      weights[to + columns] -= centre ** 2 / (2 * variance);
    }
  }
  const classifier = linearClassifier(classNames, weights);
  audit?.learnt(classifier.weights, audit.rowHashes(embeddings));
  return classifier;
}
