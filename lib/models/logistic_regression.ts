import type { Matrix } from "../runtime/matrix.ts";
import { checkLabels } from "./check_labels.ts";
import { featureFrame } from "./feature_frame.ts";
import { largestChange, logisticLoss } from "./logistic_loss.ts";
import { newtonCg } from "./newton_cg.ts";
import { exactProducts, productsOf } from "./row_products.ts";

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
  /** Ends where no row's logit is farther than about this from where it is at the minimum; default 1e-5. */
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

/**
 * Multinomial logistic regression: the weights W and biases b that minimise
 *
 *     Σᵢ sᵢ · −ln softmax(W·xᵢ + b)[yᵢ] + 1/(2C) · ‖W‖²
 *
 * which is scikit-learn's `LogisticRegression`: biases are free, and where two classes have rows the penalty is
 * 1/(2C) · ‖w₁ − w₀‖², that of its binary form. Of the solutions that give equal probabilities it is the one whose
 * weights and biases sum to 0 over the classes. Classes without rows take no part: their weights are 0 and their bias
 * is −30. With rows of one class only, that class is certain; with none, all are alike.
 *
 * Newton's method with gradients summed in float64 and steps found in float32; products of larger problems run as
 * compiled graphs where there is an engine. Features are centred inside, so their offset does not matter.
 * O(steps · conjugate gradients · rows · features · classes) time; twice the features in memory, six times where compiled.
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
  /** Whether gradients of larger problems are summed in float64; without, logits are about 0.01 off. Default true. */
  readonly precise?: boolean;
}

/** {@linkcode logisticRegression} for several C, each beginning where the one before ended. */
export async function* logisticPath(
  features: Matrix,
  labels: ArrayLike<number>,
  options: LogisticPathOptions,
): AsyncGenerator<LogisticFit, void> {
  const { cs, start, sampleWeights, tolerance = 1e-5, maxSteps = 100, precise = true } = options;
  check(features, labels, options);
  const counted = Array.from(labels).filter((_, row) => !sampleWeights || sampleWeights[row] > 0);
  const present = [...new Set(counted)].sort((a, b) => a - b);
  const frame = featureFrame(features, { ...options, present });
  const noWeights = new Float64Array(present.length * (features.columns + 1));
  if (present.length < 2) {
    for (const c of cs) yield { c, weights: frame.outwards(noWeights), steps: 0, converged: true };
    return;
  }
  const rows = frame.rows();
  // A row of weight 0 may be of a class that takes no part.
  const targets = Int32Array.from(labels, (label) => Math.max(0, present.indexOf(label)));
  const isLarge = rows.data.length * present.length > 2 ** 18;
  const small = exactProducts(rows);
  const { exact, fast } = isLarge ? productsOf(rows) : { exact: small, fast: small };
  try {
    let point = start ? frame.inwards(start) : noWeights;
    for (const c of cs) {
      const penalty = (present.length === 2 ? 2 : 1) / (c * frame.penaltyScale);
      const loss = logisticLoss({
        ...{ rows, targets, classCount: present.length, penalty, sampleWeights, fast },
        products: precise ? exact : fast,
      });
      const ending = { tolerance, rounding: precise || !isLarge ? 1e-13 : 1e-6, maxSteps };
      const minimum = await newtonCg(loss, { start: point, distance: largestChange, ...ending });
      point = minimum.point;
      const { steps, converged } = minimum;
      yield { c, weights: frame.outwards(point), steps, converged };
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
  // 0 times a number that is not finite is NaN.
  let zero = 0;
  for (let at = 0; at < data.length; at++) zero += 0 * data[at];
  const wild = zero === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) refuse("features must be finite", `${data[wild]}, in row ${Math.floor(wild / columns)}`);
  if (start && start.length !== classCount * (columns + 1)) {
    refuse(`the weights to start from must be ${classCount}×${columns + 1} numbers`, `${start.length} numbers`);
  }
}
