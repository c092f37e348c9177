import type { Comparison } from "./compare_strategies.ts";
import { verdictOf, type WrittenMeasure } from "./verdict.ts";

/**
 * Which strategy is the most effective, in plain words, or that it cannot be said.
 *
 * @param confirmation the leader against the baseline, best from seeds that had no part in choosing it
 * @param others all other strategies against the leader (`compareStrategies(runs, { baseline: leader })`)
 *
 * @example
 * ```ts
 * import { compareStrategies, leaderVerdict } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [100, 200];
 * const runs = Array.from({ length: 8 }, (_, seed) => [
 *   { strategy: "random", seed, labels, values: [0.5, 0.60 + seed / 1000] },
 *   { strategy: "margin", seed, labels, values: [0.5, 0.62] },
 * ]).flat();
 * const [confirmation] = compareStrategies(runs);
 * const others = compareStrategies(runs, { baseline: "margin" });
 * assert.match(leaderVerdict(confirmation, others), /^Most effective is margin: margin is better than random/);
 * ```
 */
export function leaderVerdict(
  confirmation: Comparison,
  others: readonly Comparison[],
  measure: WrittenMeasure = {},
): string {
  const { strategy, baseline, outcome } = confirmation;
  const verdict = verdictOf(confirmation, measure);
  if (outcome !== "better") return `Which strategy is the most effective cannot be said. ${verdict}`;
  const rivals = others.filter((other) => other.strategy !== baseline && other.outcome !== "worse");
  if (rivals.length > 0) {
    const names = rivals.map((rival) => rival.strategy).join(", ");
    return `${strategy} leads, but is not told apart from ${names}: which of them is the most effective cannot be said. ` +
      verdict;
  }
  const last = others.length > 1 ? " Every other strategy is found to be worse than it." : "";
  return `Most effective is ${strategy}: ${verdict}${last}`;
}
