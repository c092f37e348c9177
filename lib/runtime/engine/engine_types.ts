import type { Matrix } from "../matrix.ts";
import type { tf } from "../tensorflow.ts";
import type { EngineState, NamedTensors } from "./engine_state.ts";
import type { PixelStatistics } from "./images.ts";
import type { LossName } from "./losses.ts";
import type { Precision } from "./lowering.ts";
import type { NetworkPlan } from "./network_plan.ts";
import type { GraphOptimizer } from "./optimizer_updates.ts";
import type { TemplateWeights } from "./template_weights.ts";

/** How a network is compiled. */
export interface GraphEngineOptions {
  /** What pixels are shifted and divided by, per channel, for pixels scaled to 0…1. */
  readonly normalization: PixelStatistics;
  /** The layer that `output: "features"` reads. */
  readonly featureLayer?: string;
  /** How weights are updated. Without it the engine only runs forwards, which makes it leaner and faster. */
  readonly optimizer?: GraphOptimizer;
  /** Gradients are scaled so that their joint norm is at most this; not at all when left out. */
  readonly clipNorm?: number;
  /** By layer, what the learning rate is multiplied by for its weights; 1 where a layer is left out. */
  readonly learningRateScales?: Readonly<Record<string, number>>;
  /** Default `"softmax"`. */
  readonly loss?: LossName;
  /**
   * What layers compute in; default `"float32"`. `"bfloat16"` keeps 8 bits of each number: faster where the processor
   * computes in it (`computesInBfloat16`), slower elsewhere. Training is mixed then: weights, batch-norm statistics, loss
   * and updates stay float32 (Micikevicius et al., 2018; bfloat16 needs no loss scaling, Kalamkar et al., 2019).
   */
  readonly precision?: Exclude<Precision, "float64">;
}

/** One minibatch, as a training step takes it. */
export interface GraphBatch {
  /** `[count, height, width, channels]` bytes, 0…255. */
  readonly images: Uint8Array;
  /** `[count, classes]`, each row a distribution (softmax) or a number in 0…1 for each class (sigmoid). */
  readonly targets: Float32Array;
  /** `[count]`; the loss is Σ weightᵢ·lossᵢ / count. */
  readonly weights: Float32Array;
  readonly learningRate: number;
  /** Of this step; the optimizer's when left out. Only for an optimizer that decays weights. */
  readonly weightDecay?: number;
  /** 32 bits from which the step's noise is drawn. */
  readonly noiseKey: number;
}

/** How to run a compiled network forwards. */
export interface GraphForwardOptions {
  /** What to read: the logits (default), the feature layer's output, or that of any layer by name; flattened. */
  readonly output?: "logits" | "features" | { readonly layer: string };
  /** Keeps noise layers on, drawing from this key. */
  readonly noiseKey?: number;
}

/** A network compiled into TensorFlow graphs. It owns the weights while it lives. */
export interface GraphEngine {
  readonly kind: "graph";
  /** Threads that one operation may use, which are the backend's; their number changes the last bits. */
  readonly threads: number;
  /** Forward, loss, gradients, update, in one graph. Resolves when the weights are updated. */
  step(batch: GraphBatch): Promise<{ readonly loss: number; readonly correct: number }>;
  /** @param images `[count, height, width, channels]` bytes @returns `[count, numbers]` */
  forward(images: Uint8Array, options?: GraphForwardOptions): Promise<Matrix>;
  /** By weight name, what a step on this batch would find, before clipping and weight decay; nothing is updated. */
  gradients(batch: GraphBatch): Promise<NamedTensors>;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): Promise<void>;
  /** Hands the weights back to the network and frees everything else; a second call does nothing. */
  dispose(): Promise<void>;
}

/** What both kinds of engine start from. */
export interface EngineParts {
  readonly network: tf.LayersModel;
  readonly plan: NetworkPlan;
  readonly template: TemplateWeights;
  readonly options: GraphEngineOptions & { readonly precision: Precision };
}

/**
 * The place in the plan of the layer that is asked for.
 *
 * @throws {RangeError} if the output does not depend on a layer of that name
 */
export function placeOf(
  { steps, output: last }: NetworkPlan,
  { output, featureLayer }: { readonly output: NonNullable<GraphForwardOptions["output"]>; featureLayer?: string },
): number {
  if (output === "logits") return last;
  const name = output === "features" ? featureLayer : output.layer;
  const place = steps.findLastIndex(({ layer }) => layer.name === name);
  if (place >= 0) return place;
  throw new RangeError(
    `Cannot read a layer: it must be one that the output depends on: current value is "${name}". ` +
      `There are ${steps.map(({ layer }) => layer.name).join(", ")}.`,
  );
}
