import { classBalancedBuffer } from "./class_balanced_buffer.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { streamMemory } from "./stream_memory.ts";

/** What {@linkcode gdumb} may be told. */
export interface GDumbOptions {
  /** Examples kept; default 4,400, as in the paper's Split-MNIST. */
  readonly memory?: number;
}

/**
 * GDumb (Prabhu et al., 2020, algorithms 1 and 2): keeps a class-balanced memory, and at each experience trains a new network
 * on that memory alone. How is what the stream's `training` says: the paper takes SGD with momentum, cosines with warm
 * restarts, shifted images and, but for MNIST, cutmix; Avalanche's baseline SGD at 0.1 and batches of 16.
 * `tests/drills/split_mnist.ts` trains as the paper.
 *
 * @throws {RangeError} if the memory is not an integer ≥ 1
 */
export function gdumb({ memory: capacity = 4400 }: GDumbOptions = {}): ContinualStrategy {
  const buffer = classBalancedBuffer(capacity);
  return {
    name: "GDumb",
    options: { memory: capacity },
    start(network) {
      const memory = streamMemory(network, buffer);
      return {
        lesson: async ({ own, random }) => ({ examples: await memory.offered(own, random), fromScratch: true }),
        afterExperience: ({ own, random }) => memory.offer(own, random),
        memory: () => memory.exemplars,
        save: memory.save,
        restore: memory.restore,
      };
    },
  };
}
