import { embeddingsWithin } from "./embeddings_within.ts";
import { greedyMaxMin } from "./greedy_max_min.ts";
import { leastConfidence } from "./least_confidence.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/** How {@linkcode coralSampling} weighs. */
export interface CoralOptions {
  /** Exponent of the uncertainty, ≥ 0: 0 is k-center greedy. Default 1. */
  readonly strength?: number;
}

/**
 * Core-set weighted by uncertainty: again and again the candidate with the largest u(x)^strength · min ‖x − c‖ over
 * what is labelled or picked, u the least confidence 1 − max p, normalised to [0, 1].
 *
 * Lightly's CORAL ("core-set active learning"); its selection runs on their server, and is documented as the product of
 * the objectives, each to its strength. Score: the product. With nothing labelled the most uncertain comes first. Cost
 * as {@linkcode greedyMaxMin}.
 *
 * @throws {RangeError} if `strength` is not a number ≥ 0
 */
export function coralSampling({ strength = 1 }: CoralOptions = {}): QueryStrategy {
  if (!(strength >= 0 && strength < Infinity)) {
    throw new RangeError(`Cannot weigh by uncertainty: the strength must be ≥ 0: current value is ${strength}`);
  }
  return queryStrategy({
    name: "coral",
    family: "hybrid",
    needs: ["probabilities", "embeddings", "labelledEmbeddings"],
    reference: "Lightly (2021), CORAL: core-set selection weighted by active-learning scores",
    options: { strength },
    pick: async (view, k, random) => {
      const uncertainty = leastConfidence(await view.probabilities(), { normalised: true });
      return await greedyMaxMin(await embeddingsWithin(view), {
        k,
        labelled: await view.labelledEmbeddings(),
        // Rounding may leave a confident row a hair below 0.
        weights: uncertainty.map((value) => Math.max(0, value) ** strength),
        random,
        ids: view.candidates,
      });
    },
  });
}
