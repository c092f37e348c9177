import { engineSupport } from "../runtime/engine/c_api.ts";
import {
  CompiledRows,
  type LinearSystem,
  type SoftmaxRows,
  type Solution,
  type WhitenOptions,
} from "../runtime/engine/compiled_rows.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import { conjugateGradients } from "./conjugate_gradients.ts";
import { tensorValues } from "./tensor_values.ts";

/** The products with a matrix X `[rows, columns]` that a linear model is trained with. */
export interface RowProducts {
  /** X·Wᵀ, `[rows, classes]`, of W `[classes, columns]`. */
  scores(weights: Float64Array): Promise<Float64Array>;
  /** Rᵀ·X, `[classes, columns]`, of R `[rows, classes]`. */
  slopes(residuals: Float64Array): Promise<Float64Array>;
  /** Coordinates in which Xᵀ·diag(weights)·X + diag(penalties) is about the identity. */
  coordinates(options: CoordinateOptions): Promise<Coordinates>;
  dispose(): void;
}

/** What {@linkcode Coordinates} are made for. */
export interface CoordinateOptions extends WhitenOptions {
  readonly classCount: number;
}

/** The Hessian of a softmax loss, outside of any coordinates. */
export interface SoftmaxCurvature extends SoftmaxRows {
  of(direction: Float64Array): Promise<Float64Array>;
}

/** A linear change of variables W → V of weights `[classes, columns]`. */
export interface Coordinates {
  /** Of a gradient. */
  inwards(slopes: Float64Array): Promise<Float64Array>;
  /** Of a direction, back again. */
  outwards(directions: Float64Array): Promise<Float64Array>;
  /** Solves a system with the curvature of a softmax loss. */
  solve(bent: SoftmaxCurvature, system: LinearSystem): Promise<Solution>;
  /** About how many products take as long as making them. */
  readonly cost: number;
  dispose(): void;
}

/** {@linkcode RowProducts} in float64: what tells where the minimum is. */
export function exactProducts(matrix: Matrix): RowProducts {
  const { rows, columns, data } = matrix;
  return {
    coordinates: (options) => Promise.resolve(scaledCoordinates(matrix, options)),
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

/** Both precisions of {@linkcode RowProducts}. */
export interface ProductsOf {
  /** In float64: what tells where the minimum is. */
  readonly exact: RowProducts;
  /** In float32, to a relative 1e-6: what tells the way there. */
  readonly fast: RowProducts;
}

/** {@linkcode RowProducts} of large problems: compiled, or else by the backend and in JavaScript. */
export function productsOf(matrix: Matrix): ProductsOf {
  return engineSupport().available
    ? compiledProducts(matrix)
    : { exact: exactProducts(matrix), fast: backendProducts(matrix) };
}

function compiledProducts(matrix: Matrix): ProductsOf {
  const compiled = new CompiledRows(matrix);
  const products = (precision: "float32" | "float64"): RowProducts => ({
    scores: (weights) => compiled.scores(weights, precision),
    slopes: (residuals) => compiled.slopes(residuals, precision),
    coordinates: async (options) =>
      await whitenedCoordinates(compiled, { ...options, matrix }) ?? scaledCoordinates(matrix, options),
    dispose: () => compiled.dispose(),
  });
  return { exact: products("float64"), fast: products("float32") };
}

function backendProducts(features: Matrix): RowProducts {
  const { rows, columns, data } = features;
  const matrix = tf.tensor2d(data, [rows, columns]);
  return {
    coordinates: (options) => Promise.resolve(scaledCoordinates(features, options)),
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

/** By the diagonal alone: cheap, and enough for features that are nearly independent. */
function scaledCoordinates({ rows, columns, data }: Matrix, { weights, penalties }: CoordinateOptions): Coordinates {
  const roots = penalties.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) roots[column] += weights[row] * data[row * columns + column] ** 2;
  }
  for (let column = 0; column < columns; column++) roots[column] = Math.sqrt(roots[column]) || 1;
  const scaled = (values: Float64Array) => values.map((value, at) => value / roots[at % columns]);
  return {
    inwards: (slopes) => Promise.resolve(scaled(slopes)),
    outwards: (directions) => Promise.resolve(scaled(directions)),
    solve: ({ of }, system) => conjugateGradients(async (vector) => scaled(await of(scaled(vector))), system),
    cost: 0,
    dispose() {},
  };
}

/** More than this many products' time is not worth spending on coordinates. */
const dearest = 150;

/**
 * By the whole matrix: embeddings are far from independent, and with this conjugate gradients take a third to two thirds
 * of the steps that the diagonal takes. Undefined where it does not pay, or the matrix is too near to singular.
 */
async function whitenedCoordinates(
  compiled: CompiledRows,
  { matrix: { rows, columns }, classCount, weights, penalties }: CoordinateOptions & { readonly matrix: Matrix },
): Promise<Coordinates | undefined> {
  // Multiplications of each; those of large matrices are three times as quick.
  const cost = (2 * rows * columns ** 2 + columns ** 3) / (2 * rows * columns * classCount) / 3;
  const whitened = cost < dearest ? await compiled.whiten({ weights, penalties }) : undefined;
  return whitened && {
    inwards: (slopes) => whitened.inwards(slopes),
    outwards: async (directions) => {
      const found = await whitened.outwards(directions);
      takeAwayMean(found, columns);
      return found;
    },
    solve: ({ of, ...softmax }, system) =>
      whitened.isExact ? whitened.conjugateGradients(softmax, system) : conjugateGradients(
        async (vector) => await whitened.inwards(await of(await whitened.outwards(vector))),
        system,
      ),
    cost,
    dispose: () => whitened.dispose(),
  };
}

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
