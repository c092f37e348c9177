import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { Exemplar } from "./exemplar.ts";

/** What a memory may know when it chooses. */
export interface BufferUpdate {
  /** New examples, in the order in which they came. */
  readonly offered: readonly Exemplar[];
  /** How many were offered before. */
  readonly seen: number;
  readonly random: Random;
  /** `[exemplars, features]`, of the network as it is now. */
  features(exemplars: readonly Exemplar[]): Promise<Matrix>;
}

/**
 * A rule by which a limited memory keeps examples. It promises that the memory then holds
 * min(capacity, all that were ever offered) examples, each one at most once.
 */
export interface MemoryBuffer {
  readonly name: string;
  readonly capacity: number;
  update(memory: readonly Exemplar[], update: BufferUpdate): Promise<readonly Exemplar[]>;
}

/** @throws {RangeError} if a memory's size is not an integer ≥ 1 */
export function checkCapacity(capacity: number): void {
  if (!(Number.isInteger(capacity) && capacity >= 1)) {
    throw new RangeError(
      `Cannot keep examples: the memory's size must be an integer ≥ 1: current value is ${capacity}`,
    );
  }
}
