import { probeOf } from "../models/linear_probe.ts";
import { logisticRegression } from "../models/logistic_regression.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { stackedRows } from "./stacked_rows.ts";

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
  /** Inverse strength of the penalty, as scikit-learn's `C`; default 1. */
  readonly c?: number;
}

/**
 * A linear probe to be trained again: {@linkcode logisticRegression} on embeddings. A refit begins from the weights as
 * they stand, so it takes a few steps. With nothing labelled the weights are 0.
 *
 * A fit is O(steps·L·d·C) for L labelled items with d features; probabilities are O(n·d·C).
 *
 * @throws {RangeError} if there is not one label for each labelled row
 */
export async function probeRefitter(data: ProbeData): Promise<Refitter> {
  const { embeddings, labelledEmbeddings, classCount, c = 1 } = data;
  const labels = Array.from(data.labels);
  const rows = stackedRows(labelledEmbeddings, embeddings);
  const { weights: parameters } = await logisticRegression(labelledEmbeddings, labels, { classCount, c });
  const classNames = Array.from({ length: classCount }, (_, label) => `${label}`);
  return {
    parameters,
    async refit(row, label) {
      const more = rows.gather(Int32Array.from([...labels.keys(), labels.length + row]));
      const options = { classCount, c, start: parameters };
      const { weights } = await logisticRegression(more, [...labels, label], options);
      return {
        parameters: weights,
        probabilities: () => probeOf({ classNames, c, weights }).probabilities(embeddings),
      };
    },
  };
}
