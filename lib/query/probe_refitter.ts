import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { minimise } from "./minimise.ts";

/** A model after it was trained again. */
export interface Refitted {
  /** Every trainable weight, in an order that all refits share. */
  readonly parameters: Float64Array;
  /** What it believes about the candidates, `[candidates, classes]`. */
  probabilities(): Promise<Matrix>;
}

/** A model that is cheap enough to be trained again for every answer that might come. */
export interface Refitter {
  /** Weights of the model as it stands, trained on what is labelled. */
  readonly parameters: Float64Array;
  /** The model trained on what is labelled and, besides, on the candidate in row `row` with the class `label`. */
  refit(row: number, label: number): Promise<Refitted>;
}

/** What {@linkcode probeRefitter} learns from. */
export interface ProbeData {
  /** Of the candidates. */
  readonly embeddings: Matrix;
  readonly labelledEmbeddings: Matrix;
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
  /** Weight of the penalty ½‖W‖² beside the summed cross-entropy; the bias is free. Default 1, as scikit-learn's `C`. */
  readonly penalty?: number;
}

/**
 * A linear probe to be trained again: softmax regression on embeddings, minimising
 * Σᵢ −ln softmax(W·hᵢ + b)[yᵢ] + (penalty/2)‖W‖² to a largest gradient of 1e-6, in float64. A refit begins from the
 * weights as they stand, so it takes a few steps. With nothing labelled the weights are 0.
 *
 * A fit is O(steps·L·d·C) for L labelled items with d features; probabilities are O(n·d·C).
 *
 * @throws {RangeError} if there is not one label for each labelled row
 */
export function probeRefitter(data: ProbeData): Refitter {
  const { embeddings, labelledEmbeddings, classCount, penalty = 1 } = data;
  const labels = Array.from(data.labels);
  if (labels.length !== labelledEmbeddings.rows) {
    throw new RangeError(
      `Cannot fit a probe: there must be one label for each of ${labelledEmbeddings.rows} labelled rows: ` +
        `current value is ${labels.length} labels`,
    );
  }
  const width = embeddings.columns;
  const labelledRows = labels.map((_, row) => rowOf(labelledEmbeddings, row));
  const fit = (rows: readonly Float32Array[], answers: readonly number[], start: Float64Array) =>
    minimise(
      (weights, gradient) => probeLoss({ weights, gradient, rows, answers, classCount, penalty }),
      { start, tolerance: 1e-6 },
    );
  const parameters = fit(labelledRows, labels, new Float64Array(classCount * (width + 1)));
  return {
    parameters,
    refit(row, label) {
      const refitted = fit([...labelledRows, rowOf(embeddings, row)], [...labels, label], parameters);
      return Promise.resolve({
        parameters: refitted,
        probabilities: () => Promise.resolve(probeProbabilities(embeddings, refitted)),
      });
    },
  };
}

interface ProbeLoss {
  /** `[classes, features + 1]`, the bias last in each row. */
  readonly weights: Float64Array;
  /** Receives the gradient, of the same shape. */
  readonly gradient: Float64Array;
  readonly rows: readonly Float32Array[];
  readonly answers: readonly number[];
  readonly classCount: number;
  readonly penalty: number;
}

function probeLoss({ weights, gradient, rows, answers, classCount, penalty }: ProbeLoss): number {
  const stride = weights.length / classCount;
  const width = stride - 1;
  let loss = 0;
  for (let at = 0; at < weights.length; at++) {
    const free = at % stride === width;
    gradient[at] = free ? 0 : penalty * weights[at];
    if (!free) loss += 0.5 * penalty * weights[at] * weights[at];
  }
  const probabilities = new Float64Array(classCount);
  rows.forEach((row, index) => {
    const answer = answers[index];
    loss += predict({ weights, row, probabilities }) - logitOf(weights, row, answer);
    for (let label = 0; label < classCount; label++) {
      const slope = probabilities[label] - (label === answer ? 1 : 0);
      const start = label * stride;
      for (let feature = 0; feature < width; feature++) gradient[start + feature] += slope * row[feature];
      gradient[start + width] += slope;
    }
  });
  return loss;
}

interface Prediction {
  readonly weights: Float64Array;
  readonly row: Float32Array;
  /** Receives the softmax. */
  readonly probabilities: Float64Array;
}

/** Fills in the probabilities and returns ln Σ exp(logit). */
function predict({ weights, row, probabilities }: Prediction): number {
  let largest = -Infinity;
  for (let label = 0; label < probabilities.length; label++) {
    probabilities[label] = logitOf(weights, row, label);
    largest = Math.max(largest, probabilities[label]);
  }
  let sum = 0;
  for (let label = 0; label < probabilities.length; label++) {
    sum += probabilities[label] = Math.exp(probabilities[label] - largest);
  }
  for (let label = 0; label < probabilities.length; label++) probabilities[label] /= sum;
  return largest + Math.log(sum);
}

function logitOf(weights: Float64Array, row: Float32Array, label: number): number {
  const start = label * (row.length + 1);
  let logit = weights[start + row.length];
  for (let feature = 0; feature < row.length; feature++) logit += weights[start + feature] * row[feature];
  return logit;
}

function probeProbabilities(embeddings: Matrix, weights: Float64Array): Matrix {
  const classCount = weights.length / (embeddings.columns + 1);
  const data = new Float32Array(embeddings.rows * classCount);
  const probabilities = new Float64Array(classCount);
  for (let row = 0; row < embeddings.rows; row++) {
    predict({ weights, row: rowOf(embeddings, row), probabilities });
    data.set(probabilities, row * classCount);
  }
  return { rows: embeddings.rows, columns: classCount, data };
}
