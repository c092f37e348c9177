import type { tf } from "curio";

/**
 * Floating-point operations of one image's way through a network: two for each multiplication and its addition in
 * convolutions and dense layers; what else there is does not count, as is the custom.
 */
export function operationsOf(network: tf.LayersModel): number {
  const product = (sizes: readonly (number | null)[]) => sizes.reduce((size: number, side) => size * (side ?? 1), 1);
  return network.layers.reduce((sum, { weights, outputShape }) => {
    const kernels = weights.filter(({ shape }) => shape.length > 1);
    // A kernel is applied at each place of the output.
    const places = product((outputShape as tf.Shape).slice(1, -1));
    return sum + kernels.reduce((all, { shape }) => all + 2 * product(shape) * places, 0);
  }, 0);
}
