import type { Matrix } from "../runtime/matrix.ts";
import { checkMembers, type OpinionOptions, opinions } from "./opinions.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";

/**
 * Mean standard deviation of each item: σ̄ = (1/C) Σᶜ √((1/T) Σₜ (pₜ(c) − p̄(c))²), the population form. Range [0, 1/2];
 * larger is more wanted. A row that is NaN in any pass is NaN; one pass gives 0. O(T·n·C) time.
 *
 * Kampffmeyer, Salberg and Jenssen (2016), Semantic segmentation of small objects, CVPR workshops; Gal, Islam and
 * Ghahramani (2017), section 3 ("Mean STD"). modAL and DeepAL+ agree.
 *
 * @param passes each `[items, classes]`
 * @returns `[items]`
 * @throws {RangeError} if there are no passes, or their shapes differ
 */
export function meanStandardDeviation(passes: readonly Matrix[]): Float64Array {
  checkMembers(passes);
  const [{ rows, columns }] = passes;
  const result = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let deviations = 0;
    for (const end = at + columns; at < end; at++) {
      let mean = 0;
      for (const { data } of passes) mean += data[at];
      mean /= passes.length;
      let squares = 0;
      for (const { data } of passes) squares += (data[at] - mean) ** 2;
      deviations += Math.sqrt(squares / passes.length);
    }
    result[row] = deviations / columns;
  }
  return result;
}

/** Asks where the passes vary most: {@linkcode meanStandardDeviation}. O(T·n·C) time. */
export function meanStandardDeviationSampling(options: OpinionOptions = {}): QueryStrategy {
  const { needs, read } = opinions(options);
  return scoredStrategy({
    name: "meanStandardDeviation",
    family: "bayesian",
    needs,
    reference: "Kampffmeyer, Salberg and Jenssen (2016), Semantic segmentation of small objects, CVPR workshops",
    options: { over: "dropoutPasses", ...options },
    score: async (view) => meanStandardDeviation(await read(view)),
  });
}
