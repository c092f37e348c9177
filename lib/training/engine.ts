import type { EngineState } from "../runtime/engine/engine_state.ts";
import type { GraphBatch, GraphEngineOptions } from "../runtime/engine/engine_types.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Optimizer } from "./optimizers.ts";

/** What an engine must know before its first step. */
export interface EngineOptions {
  /** Default: plain SGD, which remembers nothing. */
  readonly optimizer?: Optimizer;
  /** Gradients are scaled so that their joint norm is at most this; not at all when left out. */
  readonly clipNorm?: number;
  /** By layer, what the learning rate is multiplied by for its weights; 1 where a layer is left out. */
  readonly learningRateScales?: Readonly<Record<string, number>>;
  /** What layers compute in, in a compiled engine; default `"float32"`. */
  readonly precision?: GraphEngineOptions["precision"];
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

/**
 * What runs a network's training steps: the seam between the fit loop and the arithmetic. The compiled engine of
 * `lib/runtime/engine` is one, {@linkcode eagerEngine} the other.
 *
 * An engine owns the weights while it lives. `readState` and `writeState` are the only ways in and out; a step that has
 * been awaited is complete. One call at a time.
 */
export interface Engine {
  /** `graph`, or `eager`: operation by operation. */
  readonly kind: string;
  /** Forward, loss, gradients, update. */
  step(batch: GraphBatch): Promise<StepResult>;
  /** @param images `[count, height, width, channels]` bytes @returns `[count, classes]` or `[count, features]` */
  forward(images: Uint8Array, options?: ForwardOptions): Promise<Matrix>;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): Promise<void>;
  /** Hands the weights back to the network and frees everything else. */
  dispose(): Promise<void>;
}
