import type { Augmentation } from "../data/augment_batch.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import type { EpochRecord } from "./history.ts";
import type { OptimizerName, OptimizerOptions } from "./optimizers.ts";
import type { Schedule } from "./schedules.ts";

/** When to stop before the end. */
export interface EarlyStopping {
  /** What must improve; default `"validationLoss"`. */
  readonly metric?: "validationLoss" | "validationAccuracy";
  /** Epochs without improvement after which training stops; default 5. */
  readonly patience?: number;
  /** A smaller change is no improvement; default 0. */
  readonly minDelta?: number;
}

/** Where `fit` keeps a run's state, and how often. */
export interface CheckpointOptions {
  /** The file; a run whose file exists goes on from it. */
  readonly path: string;
  /** Default 1. */
  readonly everyEpochs?: number;
  /** Also after so many steps; only at the end of epochs when left out. */
  readonly everySteps?: number;
}

/** Options of {@linkcode fit}. */
export interface FitOptions {
  /** Of the order, the augmentation and the dropout. The same seed, options and machine give the same weights. */
  readonly random: Random;
  /** Passes over the training images; default 10, unless `steps` is given. */
  readonly epochs?: number;
  /** Optimizer updates, instead of `epochs`. */
  readonly steps?: number;
  /** Default 128; the last batch of an epoch may be smaller. */
  readonly batchSize?: number;
  /** A number, or a schedule such as `cosineDecay(0.001)`. Default 0.001. */
  readonly learningRate?: number | Schedule;
  /**
   * By layer, what the learning rate is multiplied by for its weights: discriminative fine-tuning (Howard and Ruder,
   * 2018, section 3.2), as `stageRates` makes it for networks with stages. 1 where a layer is left out.
   */
  readonly learningRateScales?: Readonly<Record<string, number>>;
  /** Default `"adam"`. */
  readonly optimizer?: OptimizerName | OptimizerOptions;
  /** None by default. */
  readonly augmentation?: Augmentation;
  /** Measured after each epoch. */
  readonly validation?: Dataset;
  /** Needs `validation`. The network is left with the weights of the best epoch, however the run ends. */
  readonly earlyStopping?: EarlyStopping;
  /** ε of label smoothing, in [0, 1); default 0. */
  readonly labelSmoothing?: number;
  /** Weight of each class in the loss, or `"balanced"`; default 1 for all. */
  readonly classWeights?: "balanced" | readonly number[];
  /** Gradients are scaled so that their joint norm is at most this; not at all by default. */
  readonly clipNorm?: number;
  /**
   * What layers compute in; default `"float32"`. `"bfloat16"` is mixed precision (Micikevicius et al., 2018): weights,
   * batch-norm statistics, loss and updates stay float32. Faster where the processor has AVX512_BF16 or AMX, slower
   * elsewhere; networks that run operation by operation stay in float32.
   */
  readonly precision?: "float32" | "bfloat16";
  /** Where to keep the run's state, so that the same call goes on after a crash or a stop. */
  readonly checkpoint?: CheckpointOptions;
  /** Stops within one step; by default the notebook's stop button. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Called after each epoch. */
  readonly onEpoch?: (record: EpochRecord) => void;
}
