import type { Matrix } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import { tensorValues } from "./tensor_values.ts";

/** The two products with a matrix X `[rows, columns]` that a linear model is trained with. */
export interface RowProducts {
  /** X·Wᵀ, `[rows, classes]`, of W `[classes, columns]`. */
  scores(weights: Float64Array): Promise<Float64Array>;
  /** Rᵀ·X, `[classes, columns]`, of R `[rows, classes]`. */
  slopes(residuals: Float64Array): Promise<Float64Array>;
  dispose(): void;
}

/** {@linkcode RowProducts} in float64: what tells where the minimum is. */
export function exactProducts({ rows, columns, data }: Matrix): RowProducts {
  return {
    scores(weights) {
      const classes = weights.length / columns;
      const result = new Float64Array(rows * classes);
      for (let row = 0; row < rows; row++) {
        const from = row * columns;
        let label = 0;
        // Four sums at once: one alone waits for itself at every addition.
        for (; label + 4 <= classes; label += 4) {
          let a = 0, b = 0, c = 0, d = 0;
          const atA = label * columns;
          const atB = atA + columns;
          const atC = atB + columns;
          const atD = atC + columns;
          for (let column = 0; column < columns; column++) {
            const value = data[from + column];
            a += value * weights[atA + column];
            b += value * weights[atB + column];
            c += value * weights[atC + column];
            d += value * weights[atD + column];
          }
          const to = row * classes + label;
          result[to] = a;
          result[to + 1] = b;
          result[to + 2] = c;
          result[to + 3] = d;
        }
        for (; label < classes; label++) {
          const at = label * columns;
          let sum = 0;
          for (let column = 0; column < columns; column++) sum += data[from + column] * weights[at + column];
          result[row * classes + label] = sum;
        }
      }
      return Promise.resolve(result);
    },
    slopes(residuals) {
      const classes = residuals.length / rows;
      const result = new Float64Array(classes * columns);
      let row = 0;
      // Four rows at once: each sum is read and written a quarter as often.
      for (; row + 4 <= rows; row += 4) {
        const atA = row * columns;
        const atB = atA + columns;
        const atC = atB + columns;
        const atD = atC + columns;
        for (let label = 0; label < classes; label++) {
          const at = row * classes + label;
          const a = residuals[at];
          const b = residuals[at + classes];
          const c = residuals[at + 2 * classes];
          const d = residuals[at + 3 * classes];
          const to = label * columns;
          for (let column = 0; column < columns; column++) {
            result[to + column] += a * data[atA + column] + b * data[atB + column] + c * data[atC + column] +
              d * data[atD + column];
          }
        }
      }
      for (; row < rows; row++) {
        for (let label = 0; label < classes; label++) {
          const factor = residuals[row * classes + label];
          const to = label * columns;
          for (let column = 0; column < columns; column++) {
            result[to + column] += factor * data[row * columns + column];
          }
        }
      }
      return Promise.resolve(result);
    },
    dispose() {},
  };
}

/** {@linkcode RowProducts} in float32 by the backend, to a relative 1e-6: what tells the way there. */
export function fastProducts({ rows, columns, data }: Matrix): RowProducts {
  const matrix = tf.tensor2d(data, [rows, columns]);
  return {
    scores: async (weights) =>
      new Float64Array(
        await tensorValues(() => {
          const slopes = tf.tensor2d(new Float32Array(weights), [weights.length / columns, columns]);
          return tf.matMul(matrix, slopes, false, true);
        }),
      ),
    slopes: async (residuals) =>
      new Float64Array(
        await tensorValues(() => {
          const factors = tf.tensor2d(new Float32Array(residuals), [rows, residuals.length / rows]);
          return tf.matMul(factors, matrix, true);
        }),
      ),
    dispose: () => matrix.dispose(),
  };
}
