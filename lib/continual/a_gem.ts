import { tf } from "../runtime/tensorflow.ts";
import { classBalancedBuffer } from "./class_balanced_buffer.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { streamMemory } from "./stream_memory.ts";

/** What {@linkcode aGem} may be told. */
export interface AGemOptions {
  /** Examples kept, class-balanced; default 200. Avalanche counts them by experience: `patterns_per_exp`, 250. */
  readonly memory?: number;
  /** Examples from memory for the reference gradient; default 256, as in the paper. */
  readonly sampleSize?: number;
}

/**
 * Averaged gradient episodic memory (Chaudhry et al., 2019, “Efficient lifelong learning with A-GEM”, eq. 11): where a step
 * would raise the loss on a sample from memory, gᵀg_ref < 0, it is projected: g ← g − (gᵀg_ref / g_refᵀg_ref)·g_ref.
 *
 * @throws {RangeError} if a size is not an integer ≥ 1
 */
export function aGem({ memory: capacity = 200, sampleSize = 256 }: AGemOptions = {}): ContinualStrategy {
  const buffer = classBalancedBuffer(capacity);
  if (!(Number.isInteger(sampleSize) && sampleSize >= 1)) {
    throw new RangeError(`Cannot project gradients: sampleSize must be an integer ≥ 1: current value is ${sampleSize}`);
  }
  return {
    name: "A-GEM",
    options: { memory: capacity, sampleSize },
    start(network) {
      const memory = streamMemory(network, buffer);
      return {
        rehearsal: ({ random }) => [memory.draw(sampleSize, random)],
        loss: ({ current, noiseKey }) => network.crossEntropy([current], { noiseKey }),
        adjust(gradients, { rehearsed, noiseKey }) {
          if (rehearsed.length === 0) return gradients;
          return projected(gradients, network.gradients(() => network.crossEntropy(rehearsed, { noiseKey })).gradients);
        },
        afterExperience: ({ own, random }) => memory.offer(own, random),
        memory: () => memory.exemplars,
        save: memory.save,
        restore: memory.restore,
      };
    },
  };
}

/** `gradients` themselves where they do not point against `reference`, their projection where they do. */
export function projected(gradients: tf.Tensor[], reference: readonly tf.Tensor[]): tf.Tensor[] {
  const dot = (some: readonly tf.Tensor[], others: readonly tf.Tensor[]) =>
    tf.addN(some.map((one, place) => one.mul(others[place]).sum()));
  const along = tf.divNoNan(dot(gradients, reference), dot(reference, reference)).minimum(0);
  return gradients.map((gradient, place) => gradient.sub(along.mul(reference[place])));
}
