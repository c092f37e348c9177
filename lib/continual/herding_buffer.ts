import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { byClass, classQuotas } from "./class_quotas.ts";
import { checkCapacity, type MemoryBuffer } from "./memory_buffer.ts";
import { unitRows } from "./unit_rows.ts";

/**
 * Herding (Rebuffi et al., 2017, algorithms 4 and 5): each class keeps the examples whose running mean comes closest to the
 * class's mean of features of length 1, best first, and drops the last when room is needed for new classes. Classes are
 * balanced as in {@linkcode classBalancedBuffer}.
 *
 * A class that is offered more examples later, as in domain-incremental streams, is chosen anew from what is kept and what
 * is new.
 *
 * @throws {RangeError} if the capacity is not an integer ≥ 1
 */
export function herdingBuffer(capacity: number): MemoryBuffer {
  checkCapacity(capacity);
  return {
    name: "herding",
    capacity,
    async update(memory, { offered, features }) {
      const groups = byClass([...memory, ...offered]);
      const renewed = new Set(offered.map(({ label }) => label));
      const quotas = classQuotas(new Map([...groups].map(([label, { length }]) => [label, length])), capacity);
      const kept = [];
      for (const [label, exemplars] of groups) {
        const quota = quotas.get(label)!;
        if (!renewed.has(label)) kept.push(...exemplars.slice(0, quota));
        else {
          const order = herdingOrder(unitRows(await features(exemplars)), quota);
          kept.push(...order.map((place) => exemplars[place]));
        }
      }
      return kept;
    },
  };
}

/**
 * The rows whose running mean is nearest to the mean of all, greedily: row k is
 * argmin ‖μ − (x + Σ_{j<k} p_j) / k‖, the first of equals (Rebuffi et al., 2017, algorithm 4).
 *
 * @param count at most as many as there are rows
 */
export function herdingOrder(features: Matrix, count: number): number[] {
  const { rows, columns } = features;
  const mean = new Float64Array(columns);
  for (let row = 0; row < rows; row++) rowOf(features, row).forEach((value, at) => mean[at] += value / rows);
  const sum = new Float64Array(columns);
  const free = new Set(Array(rows).keys());
  const order: number[] = [];
  while (order.length < count) {
    const size = order.length + 1;
    let [best, nearest] = [-1, Infinity];
    for (const row of free) {
      let distance = 0;
      rowOf(features, row).forEach((value, at) => distance += (mean[at] - (sum[at] + value) / size) ** 2);
      if (distance < nearest) [best, nearest] = [row, distance];
    }
    free.delete(best);
    order.push(best);
    rowOf(features, best).forEach((value, at) => sum[at] += value);
  }
  return order;
}
