import { checkCapacity, type MemoryBuffer } from "./memory_buffer.ts";

/**
 * Reservoir sampling (Vitter, 1985, algorithm R): after n examples each of them is in the memory with probability
 * capacity / n, though nobody knew n beforehand. Avalanche's `ReservoirSamplingBuffer` gives each a random weight and
 * keeps the largest, which has the same distribution.
 *
 * @throws {RangeError} if the capacity is not an integer ≥ 1
 */
export function reservoirBuffer(capacity: number): MemoryBuffer {
  checkCapacity(capacity);
  return {
    name: "reservoir",
    capacity,
    update: (memory, { offered, seen, random }) =>
      Promise.try(() => {
        const kept = [...memory];
        for (const [place, exemplar] of offered.entries()) {
          if (kept.length < capacity) kept.push(exemplar);
          else {
            const slot = random.integer(seen + place + 1);
            if (slot < capacity) kept[slot] = exemplar;
          }
        }
        return kept;
      }),
  };
}
