import type { Dataset } from "../data/dataset.ts";
import type { FitOptions } from "../training/fit_options.ts";
import type { History } from "../training/history.ts";
import { cosineDecay, warmUp } from "../training/schedules.ts";
import { stagesOf } from "./architectures.ts";
import { freeze } from "./freeze.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { stageRates } from "./stage_rates.ts";

/** Options of {@linkcode fineTune}. */
export interface FineTuneOptions extends Omit<FitOptions, "steps" | "learningRate" | "learningRateScales"> {
  /** Passes over the training images once all is thawed that will be. Default 5. */
  readonly epochs?: number;
  /** Passes before that in which the head alone learns, so that its first, random errors do not reach the trunk. Default 1. */
  readonly headEpochs?: number;
  /** The last stage that stays frozen throughout; none by default. */
  readonly freezeUpTo?: string;
  /** Thaws one stage more an epoch, from the head to the images, before `epochs`. Default false: all at once. */
  readonly gradual?: boolean;
  /** Of the head, at its highest: each phase warms up and then falls by a cosine. Default 0.001. */
  readonly learningRate?: number;
  /** By which each stage learns more slowly than the next one. Default 2.6. */
  readonly rateDecay?: number;
  /** Whether batch norms keep the statistics of pretraining, which small batches would spoil. Default true. */
  readonly batchNormsAtRest?: boolean;
}

/**
 * Trains a pretrained network for a new task in phases (Howard and Ruder, ACL 2018, section 3): first the head on a frozen
 * trunk; then, if asked for, one stage more each epoch; then all stages together, each more slowly than the next one, with
 * warm-up and cosine. Every phase is a `fit` of its own with its own optimizer state, AdamW by default.
 *
 * ```ts ignore
 * import { fineTune, loadPretrained, NetworkClassifier, Random } from "curio";
 *
 * const random = new Random(1);
 * const { classNames } = photos;
 * const classifier = new NetworkClassifier(await loadPretrained("resnet18", { classNames, random }));
 * await fineTune(classifier, photos, { random, freezeUpTo: "layer1", batchSize: 32 });
 * ```
 *
 * @returns the epochs of all phases, numbered through
 * @throws {RangeError} as `fit` and `freeze` do
 */
export async function fineTune(
  classifier: NetworkClassifier,
  train: Dataset,
  options: FineTuneOptions,
): Promise<History> {
  const {
    epochs = 5,
    headEpochs = 1,
    freezeUpTo,
    gradual = false,
    learningRate = 0.001,
    rateDecay,
    batchNormsAtRest: batchNorms = true,
    checkpoint,
    onEpoch,
    ...fitOptions
  } = options;
  const { network } = classifier;
  const stages = stagesOf(network).map(({ name }) => name);
  const thawed = freezeUpTo === undefined ? 0 : stages.indexOf(freezeUpTo) + 1;
  // From the stage below the head down to the last one that is thawed.
  const below = stages.slice(thawed, -1).toReversed();
  const phases = [
    ...headEpochs > 0 && below.length > 0 ? [{ upTo: stages.at(-2), epochs: headEpochs }] : [],
    ...gradual ? below.slice(1).map((upTo) => ({ upTo, epochs: 1 })) : [],
    { upTo: freezeUpTo, epochs },
  ];
  freeze(network, { upTo: freezeUpTo, batchNorms });
  let joined: History | undefined;
  for (const [place, { upTo, epochs }] of phases.entries()) {
    const before = joined?.epochs.length ?? 0;
    freeze(network, { upTo, batchNorms });
    const history = await classifier.fit(train, {
      optimizer: "adamw",
      ...fitOptions,
      epochs,
      random: options.random.child(`phase ${place + 1}`),
      learningRate: warmUp(cosineDecay(learningRate), { share: 0.1 }),
      learningRateScales: stageRates(network, { decay: rateDecay }),
      checkpoint: checkpoint && { ...checkpoint, path: `${checkpoint.path}.phase${place + 1}` },
      onEpoch: onEpoch && ((record) => onEpoch({ ...record, epoch: before + record.epoch })),
    });
    joined = joinedHistory(joined, history);
    if (history.stopped === "aborted") break;
  }
  return joined as History;
}

/** One run after another, as one. */
function joinedHistory(first: History | undefined, next: History): History {
  if (!first) return next;
  const before = first.epochs.length;
  return {
    ...next,
    epochs: [...first.epochs, ...next.epochs.map((record) => ({ ...record, epoch: before + record.epoch }))],
    bestEpoch: before + next.bestEpoch,
    steps: first.steps + next.steps,
    seconds: first.seconds + next.seconds,
  };
}
