/** One pass over the training data. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Mean loss over the epoch's batches, as they were trained on (augmented, with dropout). */
  readonly loss: number;
  /** Share of right answers over the epoch's batches, as they were trained on. */
  readonly accuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly seconds: number;
}

/** What a training run did, epoch by epoch. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /**
   * The epoch whose weights the network was left with: the best of an early-stopping run, else the last one finished.
   * A run that was aborted without early stopping keeps the steps made since, and is 0 if no epoch was finished.
   */
  readonly bestEpoch: number;
  readonly stopped: "completed" | "early" | "aborted";
  /** Optimizer updates made. */
  readonly steps: number;
  readonly seconds: number;
}
