import type { tf } from "../runtime/tensorflow.ts";

/** One line of a {@linkcode modelSummary}. */
export interface LayerSummary {
  readonly layer: string;
  /** The layer's class: `Conv2D`, `Dense`. */
  readonly kind: string;
  /** Of one image: `28 × 28 × 32`. */
  readonly output: string;
  /** Weights, batch-norm statistics included. */
  readonly parameters: number;
  /** Of these, the ones that training changes. */
  readonly trainable: number;
}

/** A network's layers from input to logits, as rows for a table. */
export function modelSummary(network: tf.LayersModel): LayerSummary[] {
  return network.layers.map((layer) => ({
    layer: layer.name,
    kind: layer.getClassName(),
    output: sizeText(layer.outputShape),
    parameters: countOf(layer.weights),
    trainable: countOf(layer.trainableWeights),
  }));
}

function countOf(weights: readonly { readonly shape: tf.Shape }[]): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((size: number, side) => size * (side ?? 1), 1), 0);
}

function sizeText(shape: tf.Shape | tf.Shape[]): string {
  const [first] = shape;
  return Array.isArray(first)
    ? (shape as tf.Shape[]).map(sizeText).join(", ")
    : (shape as tf.Shape).slice(1).join(" × ");
}
