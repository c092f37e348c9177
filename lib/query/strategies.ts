import { baldSampling } from "./bald.ts";
import { batchBaldSampling } from "./batch_bald.ts";
import { calibratedEntropy, calibratedLeastConfidence, calibratedMargin } from "./calibrated.ts";
import { classBalancedSampling } from "./class_balanced.ts";
import { consensusEntropySampling } from "./consensus_entropy.ts";
import { entropySampling } from "./entropy.ts";
import { expectedErrorReductionSampling } from "./expected_error_reduction.ts";
import { expectedGradientLengthSampling } from "./expected_gradient_length.ts";
import { expectedModelChangeSampling } from "./expected_model_change.ts";
import { leastConfidenceSampling } from "./least_confidence.ts";
import { marginSampling } from "./margin.ts";
import { maximumDisagreementSampling } from "./maximum_disagreement.ts";
import { meanDisagreementSampling } from "./mean_disagreement.ts";
import { meanStandardDeviationSampling } from "./mean_standard_deviation.ts";
import { predictiveEntropySampling } from "./predictive_entropy.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { randomSampling } from "./random_sampling.ts";
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

  // uncertainty
  leastConfidence: leastConfidenceSampling,
  margin: marginSampling,
  entropy: entropySampling,
  variationRatio: variationRatioSampling,
  calibratedLeastConfidence,
  calibratedMargin,
  calibratedEntropy,

  // diversity

  // hybrid
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
