import { type Matrix, rowOf } from "../runtime/matrix.ts";

/** The softmax of each row, exp(zᵢ) / Σⱼ exp(zⱼ), summed in float64; safe for logits of any size. */
export function softmaxRows(logits: Matrix): Matrix {
  const data = new Float32Array(logits.data.length);
  const powers = new Float64Array(logits.columns);
  for (let row = 0; row < logits.rows; row++) {
    const scores = rowOf(logits, row);
    const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    scores.forEach((score, column) => sum += powers[column] = Math.exp(score - largest));
    powers.forEach((power, column) => data[row * logits.columns + column] = power / sum);
  }
  return { ...logits, data };
}
