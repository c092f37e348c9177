import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/** What the gradient is taken by. */
export interface GradientLengthOptions {
  /** Whether the last layer has a bias, whose gradient counts as well: ‖h‖ becomes √(‖h‖² + 1). Default false. */
  readonly bias?: boolean;
}

/** {@linkcode GradientLengthOptions}, and where the gradient is taken. */
export interface GradientLengthInputs extends GradientLengthOptions {
  /** `[items, features]` */
  readonly embeddings: Matrix;
}

/**
 * Expected length of the gradient that an answer would send into the last layer: Σ_y p(y) ‖∇_W (−ln p(y))‖ =
 * ‖h‖ · Σ_y p(y) ‖p − e_y‖₂, with e_y the unit vector of class y, for softmax(W·h). Range [0, ‖h‖/√2] for two classes,
 * below √2·‖h‖ for any number; larger is more wanted.
 *
 * Settles, Craven and Ray (2008), Multiple-instance active learning, NeurIPS, eq. 5, on a linear probe. It is not the
 * expected *squared* length, whose factor is 1 − Σ p². A row with NaN is NaN. O(n·(C + d)) time, by
 * ‖p − e_y‖² = ‖p‖² − 2 p(y) + 1.
 *
 * @param probabilities `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there is not one embedding for each row
 *
 * @example
 * ```ts
 * import { expectedGradientLength, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const lengths = expectedGradientLength(matrix([[0.5, 0.5], [1, 0]]), { embeddings: matrix([[3, 4], [3, 4]]) });
 * assert.ok(Math.abs(lengths[0] - 5 * Math.SQRT1_2) < 1e-12);
 * assert.equal(lengths[1], 0);
 * ```
 */
export function expectedGradientLength(
  probabilities: Matrix,
  { embeddings, bias = false }: GradientLengthInputs,
): Float64Array {
  if (embeddings.rows !== probabilities.rows) {
    throw new RangeError(
      `Cannot expect gradients: there must be one embedding for each of ${probabilities.rows} rows: ` +
        `current value is ${embeddings.rows}`,
    );
  }
  const result = new Float64Array(probabilities.rows);
  for (let row = 0; row < result.length; row++) {
    let squaredLength = bias ? 1 : 0;
    for (const feature of rowOf(embeddings, row)) squaredLength += feature * feature;
    const distribution = rowOf(probabilities, row);
    let squares = 0;
    for (const probability of distribution) squares += probability * probability;
    let expected = 0;
    for (const probability of distribution) {
      // Rounding must not make a sure prediction's square negative; NaN stays.
      const squared = squares - 2 * probability + 1;
      expected += probability * Math.sqrt(squared < 0 ? 0 : squared);
    }
    result[row] = Math.sqrt(squaredLength) * expected;
  }
  return result;
}

/** Asks for what would send the longest gradient: {@linkcode expectedGradientLength}. O(n·(C + d)) time. */
export function expectedGradientLengthSampling(options: GradientLengthOptions = {}): QueryStrategy {
  const { bias = false } = options;
  return scoredStrategy({
    name: "expectedGradientLength",
    family: "hybrid",
    needs: ["probabilities", "embeddings"],
    reference: "Settles, Craven and Ray (2008), Multiple-instance active learning, NeurIPS",
    options: { bias },
    score: async (view) =>
      expectedGradientLength(await view.probabilities(), { embeddings: await view.embeddings(), bias }),
  });
}
