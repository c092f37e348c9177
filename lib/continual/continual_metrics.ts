/**
 * What continual learning is measured by: accuracies after each experience on the test set of each. In the formulas
 * experiences count from 1 to T, and A[i][j] is the accuracy on experience j after learning experience i.
 */
export interface AccuracyMatrix {
  /** `accuracies[i][j]`: a row for each experience learnt so far, a column for each experience of the stream. */
  readonly accuracies: readonly (readonly number[])[];
  /** b_j, the accuracy on experience j before anything was learnt; wanted by {@linkcode forwardTransfer} alone. */
  readonly untrained?: readonly number[];
}

/**
 * Average accuracy, ACC = (1/i)·Σ_{j ≤ i} A[i][j] after i experiences, over those learnt so far (Lopez-Paz and Ranzato,
 * 2017, eq. 2, at i = T). NaN if nothing was learnt.
 *
 * @throws {RangeError} as all measures here do, if a row has not one accuracy in [0, 1] for each experience
 *
 * @example
 * ```ts
 * import { averageAccuracy } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.equal(averageAccuracy({ accuracies: [[1, 0], [0.5, 1]] }), 0.75);
 * ```
 */
export function averageAccuracy(matrix: AccuracyMatrix): number {
  const learnt = checked(matrix);
  return learnt === 0 ? NaN : mean(matrix.accuracies[learnt - 1].slice(0, learnt));
}

/** Average incremental accuracy, the mean of {@linkcode averageAccuracy} after each experience (Rebuffi et al., 2017). */
export function averageIncrementalAccuracy({ accuracies }: AccuracyMatrix): number {
  return mean(accuracies.map((_, last) => averageAccuracy({ accuracies: accuracies.slice(0, last + 1) })));
}

/**
 * Forgetting as Avalanche defines it, for each experience but the last: A[j][j] − A[T][j], what was known right after
 * learning j less what is known now. Negative where later experiences helped.
 */
export function avalancheForgetting(matrix: AccuracyMatrix): number[] {
  const last = checked(matrix) - 1;
  const { accuracies } = matrix;
  return accuracies.slice(0, -1).map((row, j) => row[j] - accuracies[last][j]);
}

/**
 * Forgetting as Chaudhry et al. (2018, eq. 3) define it, for each experience but the last: max_{i < T} A[i][j] − A[T][j],
 * the best that was ever known less what is known now. Rows before j is learnt count too, as in the paper.
 */
export function chaudhryForgetting(matrix: AccuracyMatrix): number[] {
  const last = checked(matrix) - 1;
  const { accuracies } = matrix;
  const before = accuracies.slice(0, -1);
  return before.map((_, j) => Math.max(...before.map((row) => row[j])) - accuracies[last][j]);
}

/**
 * Backward transfer, BWT = (1/(T−1))·Σ_{j < T} (A[T][j] − A[j][j]) (Lopez-Paz and Ranzato, 2017, eq. 3): the mean of
 * {@linkcode avalancheForgetting} with its sign turned. NaN before the second experience.
 */
export function backwardTransfer(matrix: AccuracyMatrix): number {
  return mean(avalancheForgetting(matrix).map((lost) => -lost));
}

/**
 * Forward transfer, FWT = (1/(T−1))·Σ_{j > 1} (A[j−1][j] − b_j) (Lopez-Paz and Ranzato, 2017, eq. 4). NaN before the
 * second experience. Of class-incremental streams it says nothing: classes that were never seen are never predicted.
 *
 * @throws {TypeError} if the matrix has no `untrained`
 */
export function forwardTransfer(matrix: AccuracyMatrix): number {
  const learnt = checked(matrix);
  const { accuracies, untrained } = matrix;
  if (!untrained) {
    throw new TypeError(
      "Cannot measure forward transfer: the accuracies of the untrained network must be known. Give `untrained`.",
    );
  }
  return mean(accuracies.slice(0, learnt - 1).map((row, j) => row[j + 1] - untrained[j + 1]));
}

/** Every measure of a stream, by name. */
export interface ContinualMetrics {
  readonly averageAccuracy: number;
  readonly averageIncrementalAccuracy: number;
  /** Mean of {@linkcode avalancheForgetting}. */
  readonly avalancheForgetting: number;
  /** Mean of {@linkcode chaudhryForgetting}. */
  readonly chaudhryForgetting: number;
  readonly backwardTransfer: number;
  /** Where the untrained network's accuracies are known. */
  readonly forwardTransfer?: number;
}

/** All measures at once. */
export function continualMetrics(matrix: AccuracyMatrix): ContinualMetrics {
  return {
    averageAccuracy: averageAccuracy(matrix),
    averageIncrementalAccuracy: averageIncrementalAccuracy(matrix),
    avalancheForgetting: mean(avalancheForgetting(matrix)),
    chaudhryForgetting: mean(chaudhryForgetting(matrix)),
    backwardTransfer: backwardTransfer(matrix),
    ...(matrix.untrained && { forwardTransfer: forwardTransfer(matrix) }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @returns how many experiences were learnt */
function checked({ accuracies, untrained }: AccuracyMatrix): number {
  const columns = accuracies[0]?.length ?? 0;
  if (accuracies.length > columns) {
    throw new RangeError(
      `Cannot measure: there must be at least as many columns as rows, ${accuracies.length}: current value is ${columns}`,
    );
  }
  for (const [place, row] of [...accuracies, ...(untrained ? [untrained] : [])].entries()) {
    if (row.length !== columns && accuracies.length > 0 || !row.every((value) => value >= 0 && value <= 1)) {
      throw new RangeError(
        `Cannot measure: row ${place} must be ${columns} accuracies in [0, 1]: current value is ${row.join(", ")}`,
      );
    }
  }
  return accuracies.length;
}
