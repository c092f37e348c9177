import type { Matrix } from "../runtime/matrix.ts";
import { checkLabels } from "./check_labels.ts";
import { newtonCg, type Surroundings } from "./newton_cg.ts";
import { exactProducts, fastProducts, type RowProducts } from "./row_products.ts";

/** How {@linkcode logisticRegression} is trained, whatever its penalty. */
export interface LogisticOptions {
  /** Labels are 0…`classCount` − 1; a class may have no rows. */
  readonly classCount: number;
  /** Weight of each row in the loss; default 1. */
  readonly sampleWeights?: ArrayLike<number>;
  /**
   * Divides each feature by its standard deviation first, so that the penalty is on the weights of standardised
   * features; the weights that come back are those of the features as given. Default false.
   */
  readonly standardise?: boolean;
  /** Weights to begin from, as they were returned before: a warm start. Default 0. */
  readonly start?: Float64Array;
  /**
   * Ends after a Newton step that changes no row's logit by more than this, from which the next would be shorter than
   * its square; default 1e-3.
   */
  readonly tolerance?: number;
  /** Newton steps; default 100. */
  readonly maxSteps?: number;
}

/** Options of {@linkcode logisticRegression}. */
export interface LogisticRegressionOptions extends LogisticOptions {
  /** Inverse strength of the penalty, as scikit-learn's `C`; default 1. */
  readonly c?: number;
}

/** A trained logistic regression. */
export interface LogisticFit {
  readonly c: number;
  /** `[classes, features + 1]`, the bias last in each row. */
  readonly weights: Float64Array;
  readonly steps: number;
  /** False where `maxSteps` came first. */
  readonly converged: boolean;
}

/** The logit of a class that has no rows: its probability is below 1e-13 everywhere. */
export const absentLogit = -30;

/**
 * Multinomial logistic regression: the weights W and biases b that minimise
 *
 *     Σᵢ sᵢ · −ln softmax(W·xᵢ + b)[yᵢ] + 1/(2C) · ‖W‖²
 *
 * which is scikit-learn's `LogisticRegression`: biases are free, and where two classes have rows the penalty is
 * 1/(2C) · ‖w₁ − w₀‖², that of its binary form. Of the solutions that give equal probabilities it is the one whose
 * weights and biases sum to 0 over the classes. Classes without rows take no part: their weights are 0 and their bias
 * is {@linkcode absentLogit}. With rows of one class only, that class is certain; with none, all are alike.
 *
 * Newton's method with exact gradients in float64; larger problems are brought near the minimum, and their Newton steps
 * are found, by matrix products of the backend in float32. Features are centred inside, so their offset does not
 * matter. O(steps · conjugate gradients · rows · features · classes) time, twice the features in memory.
 *
 * @param features `[rows, features]`
 * @param labels the class of each row
 * @throws {RangeError} if there is not one label for each row, a label is no class, a feature is not finite, or an
 *   option is out of range
 */
export async function logisticRegression(
  features: Matrix,
  labels: ArrayLike<number>,
  { c = 1, ...options }: LogisticRegressionOptions,
): Promise<LogisticFit> {
  const [fit] = await Array.fromAsync(logisticPath(features, labels, { ...options, cs: [c] }));
  return fit;
}

/** Options of {@linkcode logisticPath}. */
export interface LogisticPathOptions extends LogisticOptions {
  /** In the order in which they are wanted; ascending is quickest. */
  readonly cs: readonly number[];
}

/** {@linkcode logisticRegression} for several C, each beginning where the one before ended. */
export async function* logisticPath(
  features: Matrix,
  labels: ArrayLike<number>,
  options: LogisticPathOptions,
): AsyncGenerator<LogisticFit, void> {
  const { cs, start, sampleWeights, tolerance = 1e-3, maxSteps = 100 } = options;
  check(features, labels, options);
  const counted = Array.from(labels).filter((_, row) => !sampleWeights || sampleWeights[row] > 0);
  const present = [...new Set(counted)].sort((a, b) => a - b);
  const frame = frameOf(features, { ...options, present });
  const noWeights = new Float64Array(present.length * (features.columns + 1));
  if (present.length < 2) {
    for (const c of cs) yield { c, weights: frame.outwards(noWeights), steps: 0, converged: true };
    return;
  }
  const rows = frame.rows(features);
  // A row of weight 0 may be of a class that takes no part.
  const targets = Int32Array.from(labels, (label) => Math.max(0, present.indexOf(label)));
  const exact = exactProducts(rows);
  const isLarge = rows.data.length * present.length > 2 ** 18;
  const fast = isLarge ? fastProducts(rows) : exact;
  const common = { maxSteps, distance: largestDifference };
  try {
    let point = start ? frame.inwards(start) : noWeights;
    for (const c of cs) {
      const penalty = (present.length === 2 ? 2 : 1) / (c * frame.penaltyScale);
      const seenBy = (products: RowProducts) =>
        logisticLoss({ rows, targets, classCount: present.length, penalty, sampleWeights, products, fast });
      const near = isLarge
        ? await newtonCg(seenBy(fast), { ...common, start: point, tolerance: 0.1, rounding: 1e-6 })
        : undefined;
      const start = near?.point ?? point;
      const minimum = await newtonCg(seenBy(exact), { ...common, start, tolerance, rounding: 1e-13 });
      point = minimum.point;
      const weights = frame.outwards(point);
      yield { c, weights, steps: minimum.steps + (near?.steps ?? 0), converged: minimum.converged };
    }
  } finally {
    fast.dispose();
  }
}

function check({ rows, columns, data }: Matrix, labels: ArrayLike<number>, options: LogisticPathOptions): void {
  const { classCount, cs, sampleWeights, start } = options;
  const refuse = (rule: string, value: unknown) => {
    throw new RangeError(`Cannot fit a probe: ${rule}: current value is ${value}`);
  };
  checkLabels(labels, { rows, classes: classCount });
  if (sampleWeights && sampleWeights.length !== rows) {
    refuse(`there must be one sample weight for each of ${rows} rows`, `${sampleWeights.length} weights`);
  }
  const wrongWeight = Array.from(sampleWeights ?? []).find((weight) => !(weight >= 0 && weight < Infinity));
  if (wrongWeight !== undefined) refuse("a sample weight must be finite and not negative", wrongWeight);
  const wrongC = cs.find((c) => !(c > 0 && c < Infinity));
  if (wrongC !== undefined) refuse("C must be a positive finite number", wrongC);
  const wild = data.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) refuse("features must be finite", `${data[wild]}, in row ${Math.floor(wild / columns)}`);
  if (start && start.length !== classCount * (columns + 1)) {
    refuse(`the weights to start from must be ${classCount}×${columns + 1} numbers`, `${start.length} numbers`);
  }
}

/** The features as the minimiser sees them: centred, of unit scale, and a 1 behind each row for the bias. */
interface Frame {
  rows(features: Matrix): Matrix;
  /** What 1/C is divided by, so that the penalty is on the weights of the features as they were given. */
  readonly penaltyScale: number;
  /** Of weights `[classes, features + 1]` those of the classes present, in the frame. */
  inwards(weights: Float64Array): Float64Array;
  /** Back again, with the classes that are absent. */
  outwards(point: Float64Array): Float64Array;
}

interface FrameOptions extends Pick<LogisticOptions, "classCount" | "standardise"> {
  /** Classes that have rows, ascending. */
  readonly present: readonly number[];
}

function frameOf(
  { rows: count, columns, data }: Matrix,
  { classCount, present, standardise = false }: FrameOptions,
): Frame {
  const stride = columns + 1;
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns] += data[at] / count;
  for (let at = 0; at < data.length; at++) scale[at % columns] += (data[at] - mean[at % columns]) ** 2 / count;
  const common = Math.sqrt(scale.reduce((sum, variance) => sum + variance, 0) / columns) || 1;
  scale.forEach((variance, column) => scale[column] = standardise ? Math.sqrt(variance) || 1 : common);
  return {
    penaltyScale: standardise ? 1 : common ** 2,
    rows(features) {
      const framed = new Float32Array(count * stride);
      for (let row = 0; row < count; row++) {
        const [from, to] = [row * columns, row * stride];
        for (let column = 0; column < columns; column++) {
          framed[to + column] = (features.data[from + column] - mean[column]) / scale[column];
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

interface LossOptions {
  readonly rows: Matrix;
  /** Of each row, the place of its class among those present. */
  readonly targets: Int32Array;
  readonly classCount: number;
  readonly penalty: number;
  readonly sampleWeights?: ArrayLike<number>;
  /** For value and gradient. */
  readonly products: RowProducts;
  /** For the curvature. */
  readonly fast: RowProducts;
}

interface LossAt extends Surroundings {
  /** Logits of the rows. */
  readonly scores: Float64Array;
}

/** The penalised loss as a function of the weights `[classes, columns]`, whose last column goes free. */
function logisticLoss(options: LossOptions): (point: Float64Array) => Promise<LossAt> {
  const { rows: { rows: count, columns, data }, targets, classCount, penalty, sampleWeights, products, fast } = options;
  const weightOf = (row: number) => sampleWeights ? sampleWeights[row] : 1;
  const addPenalty = (gradient: Float64Array, weights: Float64Array) => {
    for (let at = 0; at < gradient.length; at++) if (at % columns < columns - 1) gradient[at] += penalty * weights[at];
    return gradient;
  };

  return async (point) => {
    const scores = await products.scores(point);
    const probabilities = new Float64Array(scores.length);
    const residuals = new Float64Array(scores.length);
    // Of the Hessian's diagonal, the share of each row, averaged over classes.
    const bends = new Float64Array(count);
    let value = 0;
    for (let row = 0; row < count; row++) {
      const from = row * classCount;
      let largest = -Infinity;
      for (let at = from; at < from + classCount; at++) largest = Math.max(largest, scores[at]);
      let sum = 0;
      for (let at = from; at < from + classCount; at++) sum += probabilities[at] = Math.exp(scores[at] - largest);
      const weight = weightOf(row);
      const target = from + targets[row];
      value += weight * (Math.log(sum) + largest - scores[target]);
      let others = 0;
      for (let at = from; at < from + classCount; at++) {
        const probability = probabilities[at] /= sum;
        residuals[at] = weight * probability;
        bends[row] += weight * probability * (1 - probability) / classCount;
        if (at !== target) others += probability;
      }
      // p − 1 of what is left, as a sum: a difference would lose the digits of a class that is all but certain.
      residuals[target] = -weight * others;
    }
    for (let at = 0; at < point.length; at++) if (at % columns < columns - 1) value += penalty / 2 * point[at] ** 2;
    let diagonal: Float64Array | undefined;
    return {
      value,
      scores,
      gradient: addPenalty(await products.slopes(residuals), point),
      async curvature(direction) {
        const turns = await fast.scores(direction);
        for (let row = 0; row < count; row++) {
          const from = row * classCount;
          let mean = 0;
          for (let at = from; at < from + classCount; at++) mean += probabilities[at] * turns[at];
          for (let at = from; at < from + classCount; at++) {
            turns[at] = weightOf(row) * probabilities[at] * (turns[at] - mean);
          }
        }
        return addPenalty(await fast.slopes(turns), direction);
      },
      precondition(vector) {
        diagonal ??= diagonalOf();
        const scaled = vector.slice();
        for (let at = 0; at < scaled.length; at++) scaled[at] /= diagonal[at % columns];
        return scaled;
      },
    };

    function diagonalOf(): Float64Array {
      const sums = new Float64Array(columns).fill(penalty);
      sums[columns - 1] = 0;
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < columns; column++) sums[column] += bends[row] * data[row * columns + column] ** 2;
      }
      return sums.map((sum) => sum || 1);
    }
  };
}

function largestDifference({ scores: a }: LossAt, { scores: b }: LossAt): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) largest = Math.max(largest, Math.abs(a[at] - b[at]));
  return largest;
}
