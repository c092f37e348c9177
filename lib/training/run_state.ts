import type { NamedTensors } from "../runtime/engine/engine_state.ts";
import type { EpochRecord, History } from "./history.ts";

/** The best epoch so far of a run that may stop early. */
export interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
  readonly weights: NamedTensors;
}

/** Where a training run stands, but for what the engine holds; what a checkpoint keeps. */
export interface RunState {
  /** Updates made. */
  step: number;
  /** The finished epochs. */
  epochs: EpochRecord[];
  /** Sums over the unfinished epoch's batches. */
  current: EpochSums;
  best?: BestEpoch;
  /** How the run ended; a run that was aborted may go on. */
  ended?: Exclude<History["stopped"], "aborted">;
  /** Seconds spent, over all processes that worked on the run. */
  seconds: number;
}

/** Sums over an epoch's images, as they were trained on. */
export interface EpochSums {
  readonly images: number;
  readonly loss: number;
  readonly correct: number;
  readonly learningRate: number;
  readonly seconds: number;
}

/** An epoch that has not begun. */
export const noImages: EpochSums = { images: 0, loss: 0, correct: 0, learningRate: 0, seconds: 0 };
