import { type Matrix, matrix } from "curio";

/** What {@linkcode wavyEmbeddings} makes; the items are numbered on from `from`. */
export interface WavyOptions {
  readonly items: number;
  readonly features: number;
  readonly classes: number;
  /** How far the classes lie apart. */
  readonly spread: number;
  readonly from?: number;
}

/**
 * Embeddings by formula, so that Python makes the same: sin(0.7 i j + j²) + spread · cos(1.3 label j), j = 1 … features.
 * Item i of them has the label i mod classes, counted without `from`.
 */
export function wavyEmbeddings(
  { items, features, classes, spread, from = 0 }: WavyOptions,
): { embeddings: Matrix; labels: number[] } {
  const labels = Array.from({ length: items }, (_, item) => item % classes);
  const embeddings = matrix(labels.map((label, item) =>
    Array.from({ length: features }, (_, at) => {
      const j = at + 1;
      return Math.sin(0.7 * (from + item) * j + j * j) + spread * Math.cos(1.3 * label * j);
    })
  ));
  return { embeddings, labels };
}
