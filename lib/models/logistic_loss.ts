import type { Matrix } from "../runtime/matrix.ts";
import type { Surroundings } from "./newton_cg.ts";
import { type RowProducts, takeAwayMean } from "./row_products.ts";

/** What {@linkcode logisticLoss} is made of. */
export interface LogisticLossOptions {
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

/** The loss, seen from one point. */
export interface LossAt extends Surroundings {
  /** Logits of the rows. */
  readonly scores: Float64Array;
}

/** The penalised loss as a function of the weights `[classes, columns]`, whose last column goes free. */
export function logisticLoss(options: LogisticLossOptions): (point: Float64Array) => Promise<LossAt> {
  const { rows: { rows: count, columns }, targets, classCount, penalty, sampleWeights, products, fast } = options;
  const weights = Float64Array.from({ length: count }, (_, row) => sampleWeights ? sampleWeights[row] : 1);
  /** Adds the penalty's part; biases go free. */
  const penalised = (slopes: Float64Array, point: Float64Array) => {
    for (let at = 0; at < slopes.length; at++) if (at % columns < columns - 1) slopes[at] += penalty * point[at];
    takeAwayMean(slopes, columns);
    return slopes;
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
      const weight = weights[row];
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
    return {
      value,
      scores,
      gradient: penalised(await products.slopes(residuals), point),
      coordinates() {
        const penalties = new Float64Array(columns).fill(penalty);
        penalties[columns - 1] = 0;
        return fast.coordinates({ weights: bends, penalties, classCount });
      },
      solve: (coordinates, system) =>
        coordinates.solve({
          probabilities,
          weights,
          async of(direction) {
            const turns = await fast.scores(direction);
            for (let row = 0; row < count; row++) {
              const from = row * classCount;
              let mean = 0;
              for (let at = from; at < from + classCount; at++) mean += probabilities[at] * turns[at];
              for (let at = from; at < from + classCount; at++) {
                turns[at] = weights[row] * probabilities[at] * (turns[at] - mean);
              }
            }
            return penalised(await fast.slopes(turns), direction);
          },
        }, system),
    };
  };
}

/** By how much the logit of a row changes at most. */
export function largestChange({ scores: a }: LossAt, { scores: b }: LossAt): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) largest = Math.max(largest, Math.abs(a[at] - b[at]));
  return largest;
}
