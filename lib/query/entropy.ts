import type { Matrix } from "../runtime/matrix.ts";
import { type NormalisedOptions, normaliser } from "./least_confidence.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";
import { overRows } from "./over_rows.ts";

/**
 * Shannon entropy of each row p, in nats: H = −Σᶜ p(c) ln p(c), with 0 ln 0 = 0. Range [0, ln C], largest at the
 * uniform distribution; larger is more uncertain. Normalised: H / ln C.
 *
 * A row with NaN or a negative number in it is NaN. Rows are taken as they are: a row of zeros gives 0. With one class
 * the normalised value is 0. O(n·C) time; off by at most 8e-9 nats with fewer than 8 classes and
 * by 1.5e-7 of H + 1 with more, where logarithms are float32.
 *
 * Shannon (1948), A mathematical theory of communication; Settles (2009), Active learning literature survey, eq. 3.
 * modAL and baal divide each row by its sum first; Lightly uses log₂ and normalises; ALiPy raises zeros to 1e-6 and
 * adds 1e-9 inside the logarithm; DISTIL, DeepAL and libact do not guard zeros and give NaN.
 *
 * @param probabilities `[items, classes]`
 * @returns `[items]`
 *
 * @example
 * ```ts
 * import { entropy, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const [sure, torn] = entropy(matrix([[1, 0], [0.5, 0.5]]), { normalised: true });
 * assert.equal(sure, 0);
 * assert.ok(Math.abs(torn - 1) < 1e-9);
 * ```
 */
export function entropy(probabilities: Matrix, { normalised = false }: NormalisedOptions = {}): Float64Array {
  const scale = normalised ? normaliser(Math.log(probabilities.columns)) : 1;
  const entropies = overRows(probabilities, "entropy");
  return normalised ? entropies.map((value) => value * scale) : entropies;
}

/** Asks where the prediction is spread most: {@linkcode entropy}. O(n·C) time. */
export function entropySampling(options: NormalisedOptions = {}): QueryStrategy {
  return scoredStrategy({
    name: "entropy",
    family: "uncertainty",
    needs: ["probabilities"],
    reference: "Settles (2009), Active learning literature survey, section 3.1; Shannon (1948)",
    options: { normalised: false, ...options },
    score: async (view) => entropy(await view.probabilities(), options),
  });
}
