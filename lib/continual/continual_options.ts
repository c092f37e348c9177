import type { Augmentation } from "../data/augment_batch.ts";
import type { Normalization } from "../data/channel_statistics.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import type { tf } from "../runtime/tensorflow.ts";
import type { OptimizerName, OptimizerOptions } from "../training/optimizers.ts";
import type { Schedule } from "../training/schedules.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import type { ContinualStream } from "./stream.ts";

/** How long each experience is learnt, and how. */
export interface ContinualTraining {
  /** Passes over the experience's examples; give this or `steps`. */
  readonly epochs?: number;
  /** Updates in each experience; default 2,000, as van de Ven and Tolias (2019), unless `epochs` is given. */
  readonly steps?: number;
  /** Default 128. */
  readonly batchSize?: number;
  /** A number, or a schedule over the steps of each experience. Default 0.001. */
  readonly learningRate?: number | Schedule;
  /** Default `"adam"`. */
  readonly optimizer?: OptimizerName | OptimizerOptions;
  /** Whether the optimizer forgets at each experience; not by default, as in van de Ven's code and in Avalanche. */
  readonly resetOptimizer?: boolean;
  /** Of images that are learnt from, those from a memory too; none by default. */
  readonly augmentation?: Augmentation;
}

/** How labels are bought in an active stream. */
export interface LabelBudget {
  /** Labels bought in each experience. */
  readonly labels: number;
  /** Who chooses. It may read probabilities, logits and embeddings. */
  readonly strategy: QueryStrategy;
  /** Portions in which they are bought, with training in between; default 5. */
  readonly rounds?: number;
}

/** What {@linkcode continualLearning} is told. */
export interface ContinualOptions {
  readonly stream: ContinualStream;
  readonly strategy: ContinualStrategy;
  /** Builds the network: images, or rows of features, in; logits `[batch, units]` out. Its weights follow from `random`. */
  readonly build: (random: Random) => tf.LayersModel;
  readonly random: Random;
  readonly training?: ContinualTraining;
  /** Default: pixels between 0 and 1. */
  readonly normalization?: Normalization;
  /** The layer whose output is an image's embedding; by default the one before the last. */
  readonly featureLayer?: string;
  /** Buys only so many labels in each experience; by default all labels are there. */
  readonly budget?: LabelBudget;
  /** A file that is written after each experience and gone on from; nothing is kept by default. */
  readonly checkpoint?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}
