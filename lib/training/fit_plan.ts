import type { Augmentation } from "../data/augment_batch.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Random } from "../runtime/random.ts";
import type { EarlyStopping, FitOptions } from "./fit_options.ts";
import { layersOf } from "../runtime/engine/network_plan.ts";
import { classWeightsOf } from "./class_weights_of.ts";
import { type Optimizer, optimizerOf } from "./optimizers.ts";
import { constantRate, type Schedule } from "./schedules.ts";
import { checkDataset, type Trainable } from "./trainable.ts";

/** What decides a run's numbers: {@linkcode FitOptions} checked, with the defaults filled in. */
export interface FitPlan {
  readonly random: Random;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly schedule: Schedule;
  readonly optimizer: Optimizer;
  readonly augmentation: Augmentation | undefined;
  readonly validation: Dataset | undefined;
  readonly earlyStopping: Required<EarlyStopping> | undefined;
  readonly labelSmoothing: number;
  /** `[classes]` */
  readonly classWeights: Float32Array;
  readonly clipNorm: number | undefined;
  readonly learningRateScales: Readonly<Record<string, number>>;
  readonly precision: "float32" | "bfloat16";
}

/**
 * Checks what `fit` was given.
 *
 * @throws {RangeError} if a dataset does not fit the network or an option is out of its range
 * @throws {TypeError} if early stopping has nothing to go by
 */
export function fitPlan(trainable: Trainable, train: Dataset, options: FitOptions): FitPlan {
  const {
    random,
    epochs,
    steps,
    batchSize = 128,
    learningRate = 0.001,
    optimizer,
    augmentation,
    validation,
    earlyStopping,
    labelSmoothing = 0,
    classWeights,
    clipNorm,
    learningRateScales = {},
    precision = "float32",
  } = options;
  checkDataset("fit", trainable, train);
  if (validation) checkDataset("fit: the validation set does not suit", trainable, validation);
  if (earlyStopping && !validation) {
    throw new TypeError("Cannot stop early: there must be a validation set to go by. Give `validation` to fit.");
  }
  if (epochs !== undefined && steps !== undefined) {
    throw new RangeError(
      `Cannot fit: the length must be given once: current values are ${epochs} epochs and ${steps} steps`,
    );
  }
  const { metric = "validationLoss", patience = 5, minDelta = 0 } = earlyStopping ?? {};
  for (const [name, value] of Object.entries({ batchSize, patience, epochs: epochs ?? 1, steps: steps ?? 1 })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot fit: ${name} must be a positive integer: current value is ${value}`);
    }
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`Cannot fit: labelSmoothing must be in [0, 1): current value is ${labelSmoothing}`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new RangeError(`Cannot fit: clipNorm must be above 0: current value is ${clipNorm}`);
  }
  if (!["float32", "bfloat16"].includes(precision)) {
    throw new RangeError(`Cannot fit: precision must be "float32" or "bfloat16": current value is "${precision}"`);
  }
  if (!(minDelta >= 0)) {
    throw new RangeError(`Cannot fit: minDelta must be at least 0: current value is ${minDelta}`);
  }
  checkScales(trainable, learningRateScales);
  if (trainable.network.trainableWeights.length === 0) {
    throw new RangeError("Cannot fit: a layer must be trainable: all of them are frozen. Set `trainable` of some.");
  }
  const stepsPerEpoch = Math.ceil(train.images.count / batchSize);
  return {
    random,
    batchSize,
    stepsPerEpoch,
    totalSteps: steps ?? (epochs ?? 10) * stepsPerEpoch,
    schedule: typeof learningRate === "number" ? constantRate(learningRate) : learningRate,
    optimizer: optimizerOf(optimizer),
    augmentation,
    validation,
    earlyStopping: earlyStopping && { metric, patience, minDelta },
    labelSmoothing,
    classWeights: classWeightsOf(classWeights, { labels: train.labels, classes: trainable.classNames.length }),
    clipNorm,
    learningRateScales,
    precision,
  };
}

function checkScales({ network }: Trainable, scales: Readonly<Record<string, number>>): void {
  const layers = new Set(layersOf(network).map(({ name }) => name));
  for (const [layer, scale] of Object.entries(scales)) {
    if (!layers.has(layer)) {
      throw new RangeError(
        `Cannot fit: learningRateScales must name layers of the network: current value is "${layer}". ` +
          `There are ${[...layers].join(", ")}.`,
      );
    }
    if (!(scale > 0 && scale < Infinity)) {
      throw new RangeError(
        `Cannot fit: a learning rate's scale must be above 0: current value is ${scale} for "${layer}". ` +
          "Freeze the layers that must not change.",
      );
    }
  }
}
