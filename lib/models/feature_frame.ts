import type { Matrix } from "../runtime/matrix.ts";

/** The logit of a class that has no rows: its probability is below 1e-13 everywhere. */
export const absentLogit = -30;

/** The features as the minimiser sees them: centred, of unit scale, and a 1 behind each row for the bias. */
export interface FeatureFrame {
  rows(): Matrix;
  /** What 1/C is divided by, so that the penalty is on the weights of the features as they were given. */
  readonly penaltyScale: number;
  /** Of weights `[classes, features + 1]` those of the classes present, in the frame. */
  inwards(weights: Float64Array): Float64Array;
  /** Back again, with the classes that are absent. */
  outwards(point: Float64Array): Float64Array;
}

/** What {@linkcode featureFrame} keeps. */
export interface FeatureFrameOptions {
  readonly classCount: number;
  /** Classes that have rows, ascending. */
  readonly present: readonly number[];
  /** Whether each feature is divided by its own standard deviation, not all by the root of their mean variance. */
  readonly standardise?: boolean;
}

/** Where the minimum is found: nothing there depends on the offset or the unit of the features. */
export function featureFrame(
  { rows: count, columns, data }: Matrix,
  { classCount, present, standardise = false }: FeatureFrameOptions,
): FeatureFrame {
  const stride = columns + 1;
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let from = 0; from < data.length; from += columns) {
    for (let column = 0; column < columns; column++) mean[column] += data[from + column] / count;
  }
  for (let from = 0; from < data.length; from += columns) {
    for (let column = 0; column < columns; column++) scale[column] += (data[from + column] - mean[column]) ** 2 / count;
  }
  const common = Math.sqrt(scale.reduce((sum, variance) => sum + variance, 0) / columns) || 1;
  scale.forEach((variance, column) => scale[column] = standardise ? Math.sqrt(variance) || 1 : common);
  return {
    penaltyScale: standardise ? 1 : common ** 2,
    rows() {
      const framed = new Float32Array(count * stride);
      for (let row = 0; row < count; row++) {
        const [from, to] = [row * columns, row * stride];
        for (let column = 0; column < columns; column++) {
          framed[to + column] = (data[from + column] - mean[column]) / scale[column];
        }
        framed[to + columns] = 1;
      }
      return { rows: count, columns: stride, data: framed };
    },
    inwards(weights) {
      const point = new Float64Array(present.length * stride);
      const sums = new Float64Array(stride);
      present.forEach((label, place) => {
        const from = label * stride;
        if (weights[from + columns] === absentLogit) return;
        let bias = weights[from + columns];
        for (let column = 0; column < columns; column++) {
          point[place * stride + column] = weights[from + column] * scale[column];
          bias += weights[from + column] * mean[column];
        }
        point[place * stride + columns] = bias;
        for (let column = 0; column < stride; column++) sums[column] += point[place * stride + column];
      });
      return point.map((value, at) => value - sums[at % stride] / present.length);
    },
    outwards(point) {
      const weights = new Float64Array(classCount * stride);
      if (present.length > 0) {
        for (let label = 0; label < classCount; label++) weights[label * stride + columns] = absentLogit;
      }
      present.forEach((label, place) => {
        const to = label * stride;
        let bias = point[place * stride + columns];
        for (let column = 0; column < columns; column++) {
          weights[to + column] = point[place * stride + column] / scale[column];
          bias -= weights[to + column] * mean[column];
        }
        weights[to + columns] = bias;
      });
      return weights;
    },
  };
}
