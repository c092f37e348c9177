import { badgeSampling } from "./badge.ts";
import { baldSampling } from "./bald.ts";
import { batchBaldSampling } from "./batch_bald.ts";
import { calibratedEntropy, calibratedLeastConfidence, calibratedMargin } from "./calibrated.ts";
import { classBalancedSampling } from "./class_balanced.ts";
import { clusterMarginSampling } from "./cluster_margin.ts";
import { consensusEntropySampling } from "./consensus_entropy.ts";
import { contrastiveSampling } from "./contrastive.ts";
import { coralSampling } from "./coral.ts";
import { cosineDiversitySampling } from "./cosine_diversity.ts";
import { diverseMiniBatchSampling } from "./diverse_mini_batch.ts";
import { entropySampling } from "./entropy.ts";
import { expectedErrorReductionSampling } from "./expected_error_reduction.ts";
import { expectedGradientLengthSampling } from "./expected_gradient_length.ts";
import { expectedModelChangeSampling } from "./expected_model_change.ts";
import { facilityLocationSampling } from "./facility_location.ts";
import { informationDensitySampling } from "./information_density.ts";
import { kCenterGreedySampling } from "./k_center_greedy.ts";
import { kMeansSampling } from "./k_means_sampling.ts";
import { kMeansStratifiedSampling } from "./k_means_stratified.ts";
import { jensenShannonDiversitySampling, klDiversitySampling } from "./kl_diversity.ts";
import { leastConfidenceSampling } from "./least_confidence.ts";
import { marginSampling } from "./margin.ts";
import { maximumDisagreementSampling } from "./maximum_disagreement.ts";
import { meanDisagreementSampling } from "./mean_disagreement.ts";
import { meanStandardDeviationSampling } from "./mean_standard_deviation.ts";
import { predictiveEntropySampling } from "./predictive_entropy.ts";
import { probCoverSampling } from "./prob_cover.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { randomSampling } from "./random_sampling.ts";
import { rankedBatchSampling } from "./ranked_batch.ts";
import { typiClustSampling } from "./typi_clust.ts";
import { uncertainThenDiverseSampling } from "./uncertain_then_diverse.ts";
import { variationRatioSampling } from "./variation_ratio.ts";
import { voteEntropySampling } from "./vote_entropy.ts";

/**
 * Every strategy of the house, by its name: what notebooks and tables iterate over. Each entry makes the strategy with
 * its defaults, or with options: `strategies.entropy({ normalised: true })`.
 *
 * A new strategy is one file and one line here.
 *
 * @example
 * ```ts
 * import { strategies } from "curio";
 *
 * for (const make of Object.values(strategies)) {
 *   const { name, family, needs } = make();
 *   console.log(`${family}: ${name} reads ${needs.join(", ") || "nothing"}`);
 * }
 * ```
 */
export const strategies = {
  // baseline
  random: randomSampling,
  classBalanced: classBalancedSampling,
  kMeansStratified: kMeansStratifiedSampling,

  // uncertainty
  leastConfidence: leastConfidenceSampling,
  margin: marginSampling,
  entropy: entropySampling,
  variationRatio: variationRatioSampling,
  calibratedLeastConfidence,
  calibratedMargin,
  calibratedEntropy,

  // diversity
  cosineDiversity: cosineDiversitySampling,
  kCenterGreedy: kCenterGreedySampling,
  klDiversity: klDiversitySampling,
  jensenShannonDiversity: jensenShannonDiversitySampling,
  kMeans: kMeansSampling,
  facilityLocation: facilityLocationSampling,
  typiClust: typiClustSampling,
  probCover: probCoverSampling,
  informationDensity: informationDensitySampling,

  // hybrid
  uncertainThenDiverse: uncertainThenDiverseSampling,
  rankedBatch: rankedBatchSampling,
  diverseMiniBatch: diverseMiniBatchSampling,
  badge: badgeSampling,
  clusterMargin: clusterMarginSampling,
  contrastive: contrastiveSampling,
  coral: coralSampling,
  expectedGradientLength: expectedGradientLengthSampling,

  // Bayesian
  bald: baldSampling,
  batchBald: batchBaldSampling,
  meanStandardDeviation: meanStandardDeviationSampling,
  predictiveEntropy: predictiveEntropySampling,

  // committee
  voteEntropy: voteEntropySampling,
  consensusEntropy: consensusEntropySampling,
  maximumDisagreement: maximumDisagreementSampling,
  meanDisagreement: meanDisagreementSampling,

  // decision-theoretic
  expectedErrorReduction: expectedErrorReductionSampling,
  expectedModelChange: expectedModelChangeSampling,
} as const satisfies Readonly<Record<string, () => QueryStrategy>>;

/** The name of a strategy of the house. */
export type StrategyName = keyof typeof strategies;
