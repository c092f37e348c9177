import { consensusEntropy } from "../query/consensus_entropy.ts";
import { entropy } from "../query/entropy.ts";
import { leastConfidence } from "../query/least_confidence.ts";
import { margin } from "../query/margin.ts";
import { maximumDisagreement } from "../query/maximum_disagreement.ts";
import { rankedBatch } from "../query/ranked_batch.ts";
import { topK } from "../query/top_k.ts";
import { voteEntropy } from "../query/vote_entropy.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { type Instances, isMatrix } from "./instances.ts";

// modAL's functions (Danka and Horvath, 2018, modAL: a modular active learning framework for Python), in its own terms.

/** What a measure may ask of a learner: modAL's `classifier`. */
export interface ProbabilityModel<X extends Instances = Instances> {
  predictProba(instances: X): Promise<Matrix>;
}

/** What a measure may ask of a committee. */
export interface VotingModel<X extends Instances = Instances> {
  /** One `[instances, classes]` for each learner. */
  voteProba(instances: X): Promise<readonly Matrix[]>;
}

/** How informative each instance would be. */
export type UtilityMeasure<M> = (model: M, instances: Instances) => Promise<Float64Array>;

/** Options of a query function. */
export interface QueryFunctionOptions {
  /** Default 1. */
  readonly nInstances?: number;
  /** Breaks ties by lot; left out, the lower index comes first. */
  readonly random?: Random;
}

/** What a selector picked: modAL's pair of indices and metrics. */
export type Queried = [indices: Int32Array, metrics: Float64Array];

/**
 * A query strategy as modAL has it: a function of a model and a pool that returns indices into the pool, and, if it
 * likes, what it measured there.
 */
export type QueryFunction<M> = (
  model: M,
  instances: Instances,
  options?: QueryFunctionOptions,
) => QueriedBy | Promise<QueriedBy>;

/** What a query function may return. */
export type QueriedBy = readonly [indices: ArrayLike<number>, metrics?: unknown];

/** 1 − the largest probability. */
export const classifierUncertainty: UtilityMeasure<ProbabilityModel> = async (model, instances) =>
  leastConfidence(await model.predictProba(instances));

/** The largest probability less the second; small where the model is torn. */
export const classifierMargin: UtilityMeasure<ProbabilityModel> = async (model, instances) =>
  margin(await model.predictProba(instances));

/** Entropy of the probabilities, in nats. */
export const classifierEntropy: UtilityMeasure<ProbabilityModel> = async (model, instances) =>
  entropy(await model.predictProba(instances));

/** Entropy of the votes, in nats: modAL's `vote_entropy`. */
export const committeeVoteEntropy: UtilityMeasure<VotingModel> = async (model, instances) =>
  voteEntropy(await model.voteProba(instances));

/** Entropy of the mean probabilities: modAL's `consensus_entropy`. */
export const committeeConsensusEntropy: UtilityMeasure<VotingModel> = async (model, instances) =>
  consensusEntropy(await model.voteProba(instances));

/** The largest divergence of a learner from the consensus: modAL's `KL_max_disagreement`. */
export const committeeMaxDisagreement: UtilityMeasure<VotingModel> = async (model, instances) =>
  maximumDisagreement(await model.voteProba(instances));

/**
 * A selector for {@linkcode makeQueryStrategy}: the `nInstances` largest, best first. Where modAL leaves the order of
 * equals to the sort, the lower index comes first.
 */
export function multiArgmax(values: ArrayLike<number>, options: QueryFunctionOptions = {}): Queried {
  return extremes(values, { ...options, largest: true });
}

/** The `nInstances` smallest, smallest first. */
export function multiArgmin(values: ArrayLike<number>, options: QueryFunctionOptions = {}): Queried {
  return extremes(values, { ...options, largest: false });
}

function extremes(
  values: ArrayLike<number>,
  { nInstances = 1, random, largest }: QueryFunctionOptions & { readonly largest: boolean },
): Queried {
  if (nInstances > values.length) {
    throw new RangeError(
      `Cannot query: nInstances must be at most ${values.length}, the size of the pool: current value is ${nInstances}`,
    );
  }
  const indices = topK(values, nInstances, { random, largest });
  return [indices, Float64Array.from(indices, (index) => values[index])];
}

/** Picks by lot, without replacement, each instance by its share of the weights: modAL's `weighted_random`. */
export function weightedRandom(
  weights: ArrayLike<number>,
  { nInstances = 1, random = new Random(0) }: QueryFunctionOptions = {},
): Queried {
  if (!Array.from(weights).every((weight) => weight >= 0 && weight < Infinity)) {
    throw new RangeError("Cannot query: weights must be finite numbers ≥ 0");
  }
  // Efraimidis and Spirakis (2006): the largest of u^(1 / weight), here as its logarithm.
  const keys = Float64Array.from(weights, (weight) => Math.log(1 - random.next()) / weight);
  const [indices] = multiArgmax(keys, { nInstances });
  return [indices, Float64Array.from(indices, (index) => weights[index])];
}

/** A query strategy from a measure and a selector. */
export function makeQueryStrategy<M>(
  measure: UtilityMeasure<M>,
  selector: (values: ArrayLike<number>, options?: QueryFunctionOptions) => Queried,
): QueryFunction<M> {
  return async (model, instances, options) => selector(await measure(model, instances), options);
}

/** Σ weight · measure; all weights 1 if left out. */
export function makeLinearCombination<M>(
  measures: readonly UtilityMeasure<M>[],
  { weights = measures.map(() => 1) }: { readonly weights?: readonly number[] } = {},
): UtilityMeasure<M> {
  checkFactors("weights", { measures, factors: weights });
  return combined(measures, (values) => values.reduce((sum, value, at) => sum + weights[at] * value, 0));
}

/** Π measure ^ exponent; all exponents 1 if left out. */
export function makeProduct<M>(
  measures: readonly UtilityMeasure<M>[],
  { exponents = measures.map(() => 1) }: { readonly exponents?: readonly number[] } = {},
): UtilityMeasure<M> {
  checkFactors("exponents", { measures, factors: exponents });
  return combined(measures, (values) => values.reduce((product, value, at) => product * value ** exponents[at], 1));
}

function checkFactors(
  name: string,
  { measures, factors }: { readonly measures: readonly unknown[]; readonly factors: readonly number[] },
): void {
  if (factors.length === measures.length) return;
  throw new RangeError(
    `Cannot combine measures: there must be as many ${name} as measures, ${measures.length}: ` +
      `current value is ${factors.length}`,
  );
}

function combined<M>(
  measures: readonly UtilityMeasure<M>[],
  join: (values: readonly number[]) => number,
): UtilityMeasure<M> {
  return async (model, instances) => {
    const given: Float64Array[] = [];
    for (const measure of measures) given.push(await measure(model, instances));
    return (given[0] ?? new Float64Array(0)).map((_, row) => join(given.map((values) => values[row])));
  };
}

/** modAL's `uncertainty_sampling`: where the likeliest class is least likely. */
export const uncertaintyQuery: QueryFunction<ProbabilityModel> = makeQueryStrategy(classifierUncertainty, multiArgmax);
/** modAL's `margin_sampling`. */
export const marginQuery: QueryFunction<ProbabilityModel> = makeQueryStrategy(classifierMargin, multiArgmin);
/** modAL's `entropy_sampling`. */
export const entropyQuery: QueryFunction<ProbabilityModel> = makeQueryStrategy(classifierEntropy, multiArgmax);
/** modAL's `vote_entropy_sampling`. */
export const voteEntropyQuery: QueryFunction<VotingModel> = makeQueryStrategy(committeeVoteEntropy, multiArgmax);
/** modAL's `consensus_entropy_sampling`. */
export const consensusEntropyQuery: QueryFunction<VotingModel> = makeQueryStrategy(
  committeeConsensusEntropy,
  multiArgmax,
);
/** modAL's `max_disagreement_sampling`. */
export const maxDisagreementQuery: QueryFunction<VotingModel> = makeQueryStrategy(
  committeeMaxDisagreement,
  multiArgmax,
);

/**
 * modAL's `uncertainty_batch_sampling`, {@linkcode rankedBatch} with Euclidean distances: uncertain, and far from what
 * the model was taught and from each other.
 *
 * @throws {TypeError} if the instances are no rows of features
 */
export const uncertaintyBatchQuery: QueryFunction<ProbabilityModel & { readonly XTraining?: Instances }> = async (
  model,
  instances,
  { nInstances = 1, random } = {},
) => {
  const { XTraining: labelled } = model;
  if (!isMatrix(instances) || (labelled && !isMatrix(labelled))) {
    throw new TypeError(
      "Cannot query: distances are between rows of features: current value is images. Use rankedBatchSampling().",
    );
  }
  const uncertainty = await classifierUncertainty(model, instances);
  const { rows, scores } = await rankedBatch(instances, { k: nInstances, uncertainty, labelled, random });
  return [rows, scores];
};
