import type { tf } from "../tensorflow.ts";

/**
 * Whether a batch norm is at rest in training too: γ and β are frozen, by itself or by the network that it is in, so it
 * normalises by its moving statistics and leaves them alone, as in Keras. One that has neither is, where it is frozen
 * itself.
 */
export function isAtRest(layer: tf.layers.Layer): boolean {
  return layer.trainableWeights.length === 0 && (layer.weights.length > 2 || layer.trainable === false);
}
