import { type Matrix, rowOf } from "../runtime/matrix.ts";

/**
 * How far a model believes labels that were given: one number in 0…1 for each row, small where the label looks wrong.
 *
 * Probabilities must be of a model that did not learn from these very labels ({@linkcode outOfSampleProbabilities}): one
 * that did has been told to believe them.
 */
export type LabelQuality = (probabilities: Matrix, labels: ArrayLike<number>) => Float64Array;

/**
 * Self-confidence: p(label), the probability that the model gives the label. Northcutt, Jiang and Chuang (2021),
 * Confident learning: estimating uncertainty in dataset labels, JAIR, section 3.
 *
 * @param probabilities `[items, classes]`
 * @throws {RangeError} if there is not one label of these classes for each row
 *
 * @example
 * ```ts
 * import { matrix, normalisedMargin, selfConfidence } from "curio";
 * import assert from "node:assert/strict";
 *
 * const probabilities = matrix([[0.75, 0.25, 0], [0.75, 0.25, 0]]);
 * assert.deepEqual([...selfConfidence(probabilities, [0, 1])], [0.75, 0.25]);
 * assert.deepEqual([...normalisedMargin(probabilities, [0, 1])], [0.75, 0.25]);
 * ```
 */
export function selfConfidence(probabilities: Matrix, labels: ArrayLike<number>): Float64Array {
  checkLabels(probabilities, labels);
  return Float64Array.from(labels, (label, row) => rowOf(probabilities, row)[label]);
}

/**
 * Normalised margin: (1 + p(label) − the largest probability of another class) / 2, as the same paper ranks labels to be
 * pruned by noise rate; scaled to 0…1 as in Kuan and Mueller (2022), Model-agnostic label quality scoring to detect
 * real-world label errors. Below a half, the model would have given another label.
 *
 * @param probabilities `[items, classes]`
 * @throws {RangeError} if there is not one label of these classes for each row
 */
export function normalisedMargin(probabilities: Matrix, labels: ArrayLike<number>): Float64Array {
  checkLabels(probabilities, labels);
  return Float64Array.from(labels, (label, row) => {
    const own = rowOf(probabilities, row);
    const rival = own.reduce((most, value, column) => column === label ? most : Math.max(most, value), 0);
    return (1 + own[label] - rival) / 2;
  });
}

function checkLabels({ rows, columns }: Matrix, labels: ArrayLike<number>): void {
  const wrong = Array.from(labels).find((label) => !(Number.isInteger(label) && label >= 0 && label < columns));
  if (labels.length === rows && wrong === undefined) return;
  throw new RangeError(
    `Cannot judge labels: there must be one in 0…${columns - 1} for each of ${rows} rows: current value is ` +
      `${wrong ?? `${labels.length} labels`}`,
  );
}
