/** Where `fit` keeps a run's state, and how often. */
export interface CheckpointOptions {
  /** The file; a run whose file exists goes on from it. */
  readonly path: string;
  /** Default 1. */
  readonly everyEpochs?: number;
  /** Also after so many steps; only at the end of epochs when left out. */
  readonly everySteps?: number;
}
