import type { LearningRun } from "../../learning/learning_run.ts";
import { type BudgetRange, valueAt } from "./learning_run.ts";

/**
 * The normalised area under a learning curve: ∫ value d labels over the budget range ÷ its length, by trapezoids. It is
 * the mean of the measure over the range, in the measure's own unit (Guyon et al., 2011, "Results of the Active Learning
 * Challenge", without the logarithm of the budget).
 *
 * @param range the whole run by default; of several runs take the {@linkcode commonRange}
 * @throws {RangeError} if the range is empty or the run does not cover it
 *
 * @example
 * ```ts
 * import { aulc } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.equal(aulc({ labels: [0, 10, 20], values: [0, 1, 1] }), 0.75);
 * ```
 */
export function aulc(
  run: Pick<LearningRun, "labels" | "values">,
  range: BudgetRange = { from: run.labels[0], to: run.labels[run.labels.length - 1] },
): number {
  const { from, to } = range;
  const [start, end] = [valueAt(run, from), valueAt(run, to)];
  if (!(from < to) || Number.isNaN(start) || Number.isNaN(end)) {
    throw new RangeError(
      "Cannot take the area under a learning curve: the budget range must have a length and lie within the run's labels, " +
        `${run.labels[0]}…${run.labels[run.labels.length - 1]}: current value is ${from}…${to}`,
    );
  }
  const inside = Array.from(run.labels, (budget, point): [number, number] => [budget, run.values[point]])
    .filter(([budget]) => budget > from && budget < to);
  const points: [number, number][] = [[from, start], ...inside, [to, end]];
  let area = 0;
  for (let point = 1; point < points.length; point++) {
    const [[left, low], [right, high]] = [points[point - 1], points[point]];
    area += (right - left) * (low + high) / 2;
  }
  return area / (to - from);
}
