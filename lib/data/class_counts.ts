import type { Dataset } from "./dataset.ts";

/**
 * How many images each class has, in the order of `classNames`.
 *
 * @example
 * ```ts
 * import { classCounts } from "curio";
 * import assert from "node:assert/strict";
 *
 * const pets = { labels: Int32Array.of(1, 0, 1), classNames: ["cat", "dog", "fox"] };
 * assert.deepEqual(classCounts(pets), Int32Array.of(1, 2, 0));
 * ```
 */
export function classCounts({ labels, classNames }: Pick<Dataset, "labels" | "classNames">): Int32Array {
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]++;
  return counts;
}
