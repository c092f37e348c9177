import { byClass, classQuotas } from "./class_quotas.ts";
import { checkCapacity, type MemoryBuffer } from "./memory_buffer.ts";

/**
 * As many examples of each class seen so far, as far as there are (Avalanche's `ClassBalancedBuffer` with
 * `adaptive_size`; the greedy sampler of GDumb ends at the same counts: Prabhu et al., 2020, algorithm 1). Old examples
 * that must go, and new ones that may come, are drawn at random.
 *
 * @throws {RangeError} if the capacity is not an integer ≥ 1
 */
export function classBalancedBuffer(capacity: number): MemoryBuffer {
  checkCapacity(capacity);
  return {
    name: "class-balanced",
    capacity,
    update: (memory, { offered, random }) =>
      Promise.try(() => {
        const groups = byClass([...memory, ...offered]);
        const quotas = classQuotas(new Map([...groups].map(([label, { length }]) => [label, length])), capacity);
        return [...groups].flatMap(([label, exemplars]) =>
          Array.from(random.child(label).sample(exemplars.length, quotas.get(label)!), (place) => exemplars[place])
        );
      }),
  };
}
