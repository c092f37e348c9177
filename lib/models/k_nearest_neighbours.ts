import { audit } from "../runtime/audit_trail.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import { checkLabels } from "./check_labels.ts";
import type { EmbeddingClassifier } from "./embedding_classifier.ts";
import { overBlocks } from "./over_blocks.ts";
import { tensorValues } from "./tensor_values.ts";

/** Options of {@linkcode kNearestNeighbours}. */
export interface KNearestNeighboursOptions {
  readonly classNames: readonly string[];
  /** Neighbours that vote; default 5, and at most as many as there are items. */
  readonly k?: number;
  /** `cosine` (default): 1 − cos(x, y), 1 with a vector of zeros; `euclidean`: ‖x − y‖. */
  readonly metric?: "cosine" | "euclidean";
  /**
   * `uniform` (default): each neighbour has one vote; `distance`: 1 ÷ its distance, and where some are at distance 0
   * they alone vote.
   */
  readonly weights?: "uniform" | "distance";
}

/**
 * Classifies embeddings by their nearest labelled neighbours: the probability of a class is its share of their votes,
 * as in scikit-learn's `KNeighborsClassifier`. Of equally near ones the earlier votes.
 *
 * A matrix product finds the k + 16 that may be nearest, and these are compared in float64. O(items · labelled ·
 * features) time, 32 MiB at a time.
 *
 * @param embeddings `[labelled, features]`
 * @param labels their classes
 * @throws {RangeError} if there are none, not one label for each, a label is no class, or k is not a positive integer
 *
 * @example
 * ```ts
 * import { kNearestNeighbours, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const near = kNearestNeighbours(matrix([[0], [1], [5]]), [0, 1, 1], {
 *   classNames: ["a", "b"],
 *   k: 2,
 *   metric: "euclidean",
 *   weights: "distance",
 * });
 * // At distances 0.25 and 0.75: votes of 4 and 4/3.
 * assert.deepEqual([...(await near.probabilities(matrix([[0.25]]))).data], [0.75, 0.25]);
 * ```
 */
export function kNearestNeighbours(
  embeddings: Matrix,
  labels: ArrayLike<number>,
  { classNames, k = 5, metric = "cosine", weights = "uniform" }: KNearestNeighboursOptions,
): EmbeddingClassifier {
  const { rows, columns: features } = embeddings;
  const columns = classNames.length;
  checkLabels(labels, { rows, classes: columns });
  if (!Number.isInteger(k) || k < 1 || rows === 0) {
    throw new RangeError(
      `Cannot find neighbours: k must be a positive integer, among at least one item: current value is ${k} of ${rows}`,
    );
  }
  audit?.learnt(embeddings, audit.rowHashes(embeddings));
  const voters = Math.min(k, rows);
  const isCosine = metric === "cosine";
  // Far from 0, rounding would hide the differences between distances.
  const centre = isCosine ? new Float64Array(features) : meanRow(embeddings);
  const shifted = ({ rows, data }: Matrix) => ({
    rows,
    columns: features,
    data: isCosine ? data : data.map((value, at) => value - centre[at % features]),
  });
  const labelled = shifted(embeddings);
  const norms = Float64Array.from({ length: rows }, (_, item) => Math.sqrt(dot(rowOf(labelled, item))));

  /** The nearer the larger: x·y ÷ ‖y‖, or x·y − ‖y‖²/2. */
  const nearness = (products: Float32Array, item: number) =>
    isCosine ? products[item] / (norms[item] || 1) : products[item] - norms[item] ** 2 / 2;

  const distance = (x: Float32Array, item: number) => {
    const y = rowOf(labelled, item);
    if (!isCosine) return Math.sqrt(x.reduce((sum, value, at) => sum + (value - y[at]) ** 2, 0));
    return 1 - dot(x, y) / (Math.sqrt(dot(x)) * norms[item] || 1);
  };

  function votes(x: Float32Array, products: Float32Array): Float64Array {
    const nearest = largest(rows, { count: Math.min(rows, voters + 16), valueOf: (item) => nearness(products, item) })
      .map((item) => ({ item, far: distance(x, item) }))
      .sort((a, b) => a.far - b.far || a.item - b.item)
      .slice(0, voters);
    const coincide = weights === "distance" && nearest[0].far === 0;
    const share = new Float64Array(columns);
    for (const { item, far } of nearest) {
      share[labels[item]] += weights === "uniform" ? 1 : coincide ? Number(far === 0) : 1 / far;
    }
    const total = share.reduce((sum, vote) => sum + vote, 0);
    return share.map((vote) => vote / total);
  }

  return {
    classNames,
    probabilities: (queries) =>
      overBlocks(queries, {
        features,
        columns,
        model: embeddings,
        blockRows: Math.max(1, Math.floor(2 ** 23 / rows)),
        async compute(given) {
          const block = shifted(given);
          const products = await tensorValues(() =>
            tf.matMul(
              tf.tensor2d(block.data, [block.rows, features]),
              tf.tensor2d(labelled.data, [rows, features]),
              false,
              true,
            )
          );
          const shares = new Float64Array(block.rows * columns);
          for (let row = 0; row < block.rows; row++) {
            shares.set(votes(rowOf(block, row), products.subarray(row * rows, (row + 1) * rows)), row * columns);
          }
          return shares;
        },
      }),
  };
}

function meanRow({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  data.forEach((value, at) => mean[at % columns] += value / rows);
  return mean;
}

function dot(x: Float32Array, y = x): number {
  let sum = 0;
  for (let at = 0; at < x.length; at++) sum += x[at] * y[at];
  return sum;
}

interface LargestOptions {
  readonly count: number;
  valueOf(item: number): number;
}

/** The `count` of the first `items` whose values are largest. */
function largest(items: number, { count, valueOf }: LargestOptions): number[] {
  const best: { item: number; value: number }[] = [];
  for (let item = 0; item < items; item++) {
    const value = valueOf(item);
    if (best.length === count && !(value > best[count - 1].value)) continue;
    if (best.length === count) best.pop();
    let place = best.length;
    while (place > 0 && best[place - 1].value < value) place--;
    best.splice(place, 0, { item, value });
  }
  return best.map(({ item }) => item);
}
