import type { Matrix } from "../runtime/matrix.ts";
import type { NamedTensors } from "./named_tensors.ts";
import type { Optimizer } from "./optimizers.ts";

/** What an engine must know before its first step. */
export interface EngineOptions {
  /** Default: plain SGD, which remembers nothing. */
  readonly optimizer?: Optimizer;
  /** Gradients are scaled so that their joint norm is at most this; not at all when left out. */
  readonly clipNorm?: number;
}

/** One minibatch, as a training step takes it. */
export interface TrainingBatch {
  /** `[count, height, width, channels]` bytes, 0…255; the engine normalises. */
  readonly images: Uint8Array;
  /** `[count, classes]`, each row a distribution: smoothed, mixed or plain one-hot. */
  readonly targets: Float32Array;
  /** `[count]`; the loss is Σ weightᵢ·lossᵢ / count. */
  readonly weights: Float32Array;
  readonly learningRate: number;
  /** 32 bits from which the step's noise (dropout) is drawn. */
  readonly noiseKey: number;
}

/** What one step found, before its update. */
export interface StepResult {
  /** Mean weighted loss of the batch, regularisers included. */
  readonly loss: number;
  /** Rows whose largest logit is where the target is largest. */
  readonly correct: number;
}

/** How to run a network forwards. */
export interface ForwardOptions {
  /** What to read: the logits (default), or the feature layer's output, flattened. */
  readonly output?: "logits" | "features";
  /** Keeps dropout on, with masks drawn from this key: one pass of Monte Carlo dropout. Off by default. */
  readonly noiseKey?: number;
}

/** Everything that a training run must keep to go on bit for bit: weights, and what the optimizer remembers. */
export interface EngineState {
  /** Batch-norm statistics and frozen weights included; named `layer/weight`. */
  readonly weights: NamedTensors;
  /** The optimizer's slots, named `weight name/slot`. */
  readonly optimizer: NamedTensors;
  /** Updates made. */
  readonly step: number;
}

/**
 * What runs a network's training steps: the seam between the fit loop and the arithmetic.
 *
 * An engine owns the weights while it lives. `readState` and `writeState` are the only ways in and out; a step that has
 * been awaited is complete. One call at a time.
 */
export interface Engine {
  /** `graph`, or `eager`: operation by operation. */
  readonly kind: string;
  /** Forward, loss, gradients, update. */
  step(batch: TrainingBatch): Promise<StepResult>;
  /** @param images `[count, height, width, channels]` bytes @returns `[count, classes]` or `[count, features]` */
  forward(images: Uint8Array, options?: ForwardOptions): Promise<Matrix>;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): Promise<void>;
  /** Hands the weights back to the network and frees everything else. */
  dispose(): Promise<void>;
}
