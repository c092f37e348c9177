import type { Matrix } from "../runtime/matrix.ts";

/** What a model believes, and its weights, after it was trained again. */
export interface Refitted {
  /** Every trainable weight, in an order that all refits share. */
  readonly parameters: Float32Array;
  /** `[candidates, classes]` */
  readonly probabilities: Matrix;
}

/** A model that is cheap enough to be trained again for every answer that might come. */
export interface Refitter {
  /** Weights of the model as it stands, trained on what is labelled. */
  readonly parameters: Float32Array;
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
}

export function probeRefitter({ labels }: ProbeData): Refitter {
  throw new TypeError(`Cannot refit a probe on ${labels.length} labels: give the view a source named "refit"`);
}
