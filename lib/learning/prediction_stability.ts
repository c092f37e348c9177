import { entropy } from "../query/entropy.ts";
import { leastConfidence } from "../query/least_confidence.ts";
import { likeliestClasses } from "../query/votes.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Stability } from "./round.ts";

/** What {@linkcode predictionStability} compares with. */
export interface StabilityOptions {
  /** Predicted classes of the same items in the round before; none in the first round. */
  readonly before?: ArrayLike<number>;
}

/**
 * How settled a model's predictions are: on their own, and beside those of the model before. It needs no labels.
 *
 * - kappa = (o − e) / (1 − e): o the share of items on which the two models agree, e the share expected of two that
 *   draw from the classes as often as these do (Cohen, 1960); 1 where e = 1
 * - deltaF = 1 − mean of F = 2a / (2a + b + c) over the classes that either predicts: a items that both give the class,
 *   b and c those that one alone does (Altschuler and Bloodgood, 2019, for two classes; here the mean over classes)
 *
 * @param probabilities `[items, classes]`
 * @throws {RangeError} if there are no items, or not one earlier prediction for each
 */
export function predictionStability(probabilities: Matrix, { before }: StabilityOptions = {}): Stability {
  const { rows, columns } = probabilities;
  if (rows === 0 || (before && before.length !== rows)) {
    throw new RangeError(
      `Cannot compare predictions: there must be an earlier one for each of at least one item: ` +
        `current value is ${before?.length} for ${rows} items`,
    );
  }
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / rows;
  const uncertainty = entropy(probabilities, { normalised: true });
  return {
    count: rows,
    ...(before
      ? agreement(likeliestClasses(probabilities), { before, classes: columns })
      : { kappa: null, changed: null, deltaF: null }),
    meanConfidence: 1 - mean(leastConfidence(probabilities)),
    meanEntropy: mean(uncertainty),
    maxEntropy: uncertainty.reduce((most, value) => Math.max(most, value), 0),
  };
}

interface Earlier {
  readonly before: ArrayLike<number>;
  readonly classes: number;
}

function agreement(now: Int32Array, { before, classes }: Earlier): Pick<Stability, "kappa" | "changed" | "deltaF"> {
  const count = now.length;
  const [nowCounts, beforeCounts, both] = [0, 0, 0].map(() => new Float64Array(classes));
  now.forEach((label, row) => {
    nowCounts[label]++;
    beforeCounts[before[row]]++;
    if (label === before[row]) both[label]++;
  });
  const observed = both.reduce((sum, agreed) => sum + agreed, 0) / count;
  const expected = nowCounts.reduce((sum, share, label) => sum + share * beforeCounts[label], 0) / count ** 2;
  const predicted = [...both.keys()].filter((label) => nowCounts[label] + beforeCounts[label] > 0);
  const meanF = predicted.reduce((sum, label) => sum + 2 * both[label] / (nowCounts[label] + beforeCounts[label]), 0) /
    predicted.length;
  return {
    kappa: expected === 1 ? 1 : (observed - expected) / (1 - expected),
    changed: 1 - observed,
    deltaF: 1 - meanF,
  };
}
