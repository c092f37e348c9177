import type { NamedTensors } from "../runtime/engine/engine_state.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { tf } from "../runtime/tensorflow.ts";
import type { Batch, ContinualNetwork } from "./continual_network.ts";
import type { Teaching } from "./distillation.ts";
import type { Exemplar } from "./exemplar.ts";
import type { QuadraticPenalty } from "./quadratic_penalty.ts";
import type { WeightPath } from "./weight_path.ts";

/** Where a stream stands. */
export interface Place {
  /** The experience's place in the stream, from 0. */
  readonly number: number;
  /** The experience's own training examples; in an active stream, those whose labels were bought. */
  readonly own: readonly Exemplar[];
  /** For this experience and this use alone. */
  readonly random: Random;
}

/** What an experience is learnt from. */
export interface Lesson {
  readonly examples: readonly Exemplar[];
  /** The last experience whose classes compete; the current one by default. */
  readonly seen?: number;
  /** What `training.steps` is multiplied by; 1 by default. */
  readonly effort?: number;
  /** Whether it starts from new weights; not by default. */
  readonly fromScratch?: boolean;
}

/** One training step, before its update. */
export interface ContinualStep {
  readonly current: Batch;
  /** What `rehearsal` asked for, list by list. */
  readonly rehearsed: readonly Batch[];
  /** Dropout draws from it. */
  readonly noiseKey: number;
  readonly random: Random;
}

/** What a strategy must keep to go on after an experience, beside the network. */
export interface StrategyState {
  readonly tensors?: NamedTensors;
  /** Plain JSON. */
  readonly data?: unknown;
}

/**
 * One strategy on one stream: what it does differently from learning each experience as it comes. Every part may be left
 * out; without `loss`, `adjust` and `afterStep` its steps are compiled, which is several times as fast. Tensors that are
 * made in these three are freed after the step unless kept.
 */
export interface StrategyRun {
  /** May be called several times in an experience; changes nothing that outlives it. */
  lesson?(place: Place): Lesson | Promise<Lesson>;
  /** Lists of examples to be read along with the step's own. */
  rehearsal?(step: { readonly size: number; readonly random: Random }): readonly (readonly Exemplar[])[];
  /** A frozen network from which this experience is learnt, along with the labels; asked before the first step. */
  teaching?(): Teaching | undefined;
  /** In place of the mean cross-entropy over the current and the rehearsed examples, and of `teaching`. */
  loss?(step: ContinualStep): tf.Scalar;
  /** What the optimizer is given in place of the loss's gradients, before the penalty's are added. */
  adjust?(gradients: tf.Tensor[], step: ContinualStep): tf.Tensor[];
  /** A penalty that is added to the loss. */
  readonly penalty?: QuadraticPenalty;
  /** Is told of every step: the loss's gradients, without the penalty's, and how far the weights went. */
  readonly path?: WeightPath;
  afterStep?(step: ContinualStep): void | Promise<void>;
  afterExperience?(place: Place): Promise<void>;
  /** Scores `[items, units]` from features `[items, features]`, in place of the logits. */
  scores?(features: Matrix): Matrix;
  /** The examples kept. */
  memory?(): readonly Exemplar[];
  save?(): Promise<StrategyState>;
  restore?(state: StrategyState): Promise<void>;
  dispose?(): void;
}

/** A way of learning a stream: see {@linkcode StrategyRun} for what it may do. */
export interface ContinualStrategy {
  readonly name: string;
  /** What decides its numbers, as plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  start(network: ContinualNetwork): StrategyRun;
}
