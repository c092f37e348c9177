import type { ContinualStrategy } from "./continual_strategy.ts";
import { classBalancedBuffer } from "./class_balanced_buffer.ts";
import { herdingBuffer } from "./herding_buffer.ts";
import type { MemoryBuffer } from "./memory_buffer.ts";
import { reservoirBuffer } from "./reservoir_buffer.ts";
import { streamMemory } from "./stream_memory.ts";

/** The memories by name. */
export const memoryBuffers = {
  reservoir: reservoirBuffer,
  classBalanced: classBalancedBuffer,
  herding: herdingBuffer,
} satisfies Record<string, (capacity: number) => MemoryBuffer>;

/** What {@linkcode replay} may be told. */
export interface ReplayOptions {
  /** Examples kept; default 200, as in Avalanche. */
  readonly memory?: number;
  /** Which are kept; default `"reservoir"`. */
  readonly buffer?: keyof typeof memoryBuffers;
  /** Examples from memory joined to each batch; by default as many as the batch has. */
  readonly batchSize?: number;
}

/**
 * Experience replay (Chaudhry et al., 2019, “On tiny episodic memories in continual learning”, algorithm 1): a batch from
 * memory is joined to each batch of the experience, and the loss is the mean over both. The memory is brought up to date
 * after each experience. Avalanche's `Replay` balances experiences by default; its memory once shrank unnoticed (#574).
 *
 * @throws {RangeError} if a size is not an integer ≥ 1
 */
export function replay(
  { memory: capacity = 200, buffer = "reservoir", batchSize }: ReplayOptions = {},
): ContinualStrategy {
  const keeper = memoryBuffers[buffer](capacity);
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`Cannot replay: batchSize must be an integer ≥ 1: current value is ${batchSize}`);
  }
  return {
    name: "replay",
    options: { memory: capacity, buffer, batchSize },
    start(network) {
      const memory = streamMemory(network, keeper);
      return {
        rehearsal: ({ size, random }) => [memory.draw(batchSize ?? size, random)],
        afterExperience: ({ own, random }) => memory.offer(own, random),
        memory: () => memory.exemplars,
        save: memory.save,
        restore: memory.restore,
      };
    },
  };
}
