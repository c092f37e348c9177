import { greedyMaxMin } from "./greedy_max_min.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/** What {@linkcode klDiversitySampling} measures by. */
export interface KLDiversityOptions {
  /** `symmetricKL`: KL(p‖q) + KL(q‖p) (default); `jensenShannon`: bounded by ln 2, and in no need of a floor. */
  readonly divergence?: "symmetricKL" | "jensenShannon";
  /**
   * Smallest probability that `symmetricKL` tells from zero, in (0, 1). Default 0.001: with a floor like 1e-10 the
   * divergence between two confident predictions is the logarithm of the floor, and it alone would decide the picks.
   */
  readonly floor?: number;
}

/**
 * Diversity of predictions: again and again the candidate whose predicted distribution is farthest, in Kullback–Leibler
 * divergence, from the nearest of those predicted for what is labelled or picked.
 *
 * Score: that divergence, in nats. Rows that are no distributions (NaN, negative, all zero) come last. With nothing
 * labelled the first pick is the candidate nearest to the mean prediction. Cost as {@linkcode greedyMaxMin}.
 *
 * Max-min selection after Gonzalez (1985); the divergences are Jeffreys's (1946) and Lin's (1991).
 */
export function klDiversitySampling(
  { divergence = "symmetricKL", floor = 0.001 }: KLDiversityOptions = {},
): QueryStrategy {
  return queryStrategy({
    name: divergence === "symmetricKL" ? "klDiversity" : "jensenShannonDiversity",
    family: "diversity",
    needs: ["probabilities", "labelledProbabilities"],
    reference: divergence === "symmetricKL"
      ? "Kullback and Leibler (1951), On information and sufficiency; greedy max-min selection of Gonzalez (1985)"
      : "Lin (1991), Divergence measures based on the Shannon entropy; greedy max-min selection of Gonzalez (1985)",
    options: divergence === "symmetricKL" ? { divergence, floor } : { divergence },
    pick: async (view, k, random) =>
      greedyMaxMin(await view.probabilities(), {
        k,
        labelled: await view.labelledProbabilities(),
        distance: divergence,
        floor,
        random,
        ids: view.candidates,
      }),
  });
}

/** {@linkcode klDiversitySampling} by the Jensen–Shannon divergence. */
export function jensenShannonDiversitySampling(): QueryStrategy {
  return klDiversitySampling({ divergence: "jensenShannon" });
}
