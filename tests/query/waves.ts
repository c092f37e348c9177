import { type Matrix, matrix } from "curio";

/**
 * Numbers that Python makes alike, for cases computed there: element (i, j) is sin(s + 7.3 i + 1.7 j + 0.37 i j),
 * `np.sin(s + i*7.3 + j*1.7 + i*j*.37).astype("f4")`.
 */
export function waves(rows: number, columns: number, start: number): Matrix {
  return matrix(Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(start + i * 7.3 + j * 1.7 + i * j * 0.37)),
  ));
}

/** Distributions of the same kind: softmax of twice {@linkcode waves}. */
export function waveDistributions(rows: number, columns: number, start: number): Matrix {
  const { data } = waves(rows, columns, start);
  return matrix(Array.from({ length: rows }, (_, i) => {
    const weights = Array.from(data.subarray(i * columns, (i + 1) * columns), (value) => Math.exp(2 * value));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  }));
}
