import type { Matrix } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import { hasTensorFlowOps, tensorflowOp } from "../training/tensorflow_ops.ts";
import type { Divider } from "./newton_cg.ts";
import { tensorValues } from "./tensor_values.ts";

/** The products with a matrix X `[rows, columns]` that a linear model is trained with. */
export interface RowProducts {
  /** X·Wᵀ, `[rows, classes]`, of W `[classes, columns]`. */
  scores(weights: Float64Array): Promise<Float64Array>;
  /** Rᵀ·X, `[classes, columns]`, of R `[rows, classes]`. */
  slopes(residuals: Float64Array): Promise<Float64Array>;
  /** Divides V `[classes, columns]` by about Xᵀ·diag(weights)·X + diag(penalties). */
  divider(weights: Float64Array, penalties: Float64Array): Promise<Divider>;
  dispose(): void;
}

/** {@linkcode RowProducts} in float64: what tells where the minimum is. */
export function exactProducts(matrix: Matrix): RowProducts {
  const { rows, columns, data } = matrix;
  return {
    divider: (weights, penalties) => Promise.resolve(diagonalDivider(matrix, { weights, penalties })),
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
export function fastProducts(features: Matrix): RowProducts {
  const { rows, columns, data } = features;
  const matrix = tf.tensor2d(data, [rows, columns]);
  return {
    divider: async (weights, penalties) =>
      await choleskyDivider(matrix, { weights, penalties }) ?? diagonalDivider(features, { weights, penalties }),
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

interface DividerOptions {
  readonly weights: Float64Array;
  readonly penalties: Float64Array;
}

/** By the diagonal alone: cheap, and enough for features that are nearly independent. */
function diagonalDivider({ rows, columns, data }: Matrix, { weights, penalties }: DividerOptions): Divider {
  const sums = penalties.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) sums[column] += weights[row] * data[row * columns + column] ** 2;
  }
  for (let column = 0; column < columns; column++) sums[column] ||= 1;
  return {
    divide: (vector) => Promise.resolve(vector.map((value, at) => value / sums[at % columns])),
    dispose() {},
  };
}

/**
 * By the whole matrix A, in float32: with A = L·Lᵀ, V·A⁻¹ is (V·L⁻ᵀ)·L⁻¹, which is symmetric and positive whatever the
 * rounding of L⁻¹, as conjugate gradients need it. Embeddings are far from independent: with this they take a third to two
 * thirds of the steps that the diagonal takes. Undefined where it does not pay, the backend cannot do it, or A is too near
 * to singular for float32.
 */
async function choleskyDivider(
  matrix: tf.Tensor2D,
  { weights, penalties }: DividerOptions,
): Promise<Divider | undefined> {
  const [rows, columns] = matrix.shape;
  // Factoring pays where a product with all rows costs more than one with the factor.
  if (!hasTensorFlowOps || rows < 3 * columns) return undefined;
  const factor = tf.tidy(() => {
    const weighted = matrix.mul(tf.tensor2d(Float32Array.from(weights, Math.sqrt), [rows, 1]));
    const gram = tf.matMul(weighted, weighted, true);
    // What float32 rounds away would otherwise make it indefinite.
    const ridge = gram.mul(tf.eye(columns)).sum().mul(relativeRidge);
    const sum = gram.add(tf.diag(tf.tensor1d(Float32Array.from(penalties)).add(ridge)));
    const [lower] = tensorflowOp("Cholesky", { attributes: { T: "float32" }, inputs: [sum] });
    const [inverse] = tensorflowOp("MatrixTriangularSolve", {
      attributes: { lower: true, adjoint: false, T: "float32" },
      inputs: [lower, tf.eye(columns)],
    });
    return inverse as tf.Tensor2D;
  });
  const isSound = await tensorValues(() => tf.isFinite(factor).all().toFloat());
  if (isSound[0] !== 1) {
    factor.dispose();
    return undefined;
  }
  return {
    divide: async (vector) => {
      const divided = new Float64Array(
        await tensorValues(() => {
          const left = tf.tensor2d(new Float32Array(vector), [vector.length / columns, columns]);
          return tf.matMul(tf.matMul(left, factor, false, true), factor);
        }),
      );
      takeAwayMean(divided, columns);
      return divided;
    },
    dispose: () => factor.dispose(),
  };
}

/** Of the trace: what is added to the diagonal before it is factored. */
const relativeRidge = 1e-6;

/**
 * Takes from each column of `[classes, columns]` its mean over the classes: it is 0 but for rounding, which nothing would
 * bring back, since what all classes share changes no probability.
 */
export function takeAwayMean(values: Float64Array, columns: number): void {
  const classes = values.length / columns;
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let at = column; at < values.length; at += columns) sum += values[at];
    for (let at = column; at < values.length; at += columns) values[at] -= sum / classes;
  }
}
