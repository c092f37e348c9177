import { type Table, table, type TableOptions } from "../table.ts";
import type { Comparison } from "./compare_strategies.ts";
import { boundsText, differenceText, type WrittenMeasure } from "./verdict.ts";

/**
 * A row for each comparison, best first: AULC, its difference from the baseline with interval, p after Holm's correction,
 * labels needed and saved, and what was found. Areas and differences of shares are in per cent and points.
 *
 * @example
 * ```ts
 * import { comparisonTable, compareStrategies } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [100, 200];
 * const runs = [
 *   { strategy: "random", seed: 1, labels, values: [0.5, 0.6] },
 *   { strategy: "margin", seed: 1, labels, values: [0.5, 0.7] },
 * ];
 * assert.deepEqual(comparisonTable(compareStrategies(runs)).frame.getColumn("strategy").toArray(), ["margin"]);
 * ```
 */
export function comparisonTable(
  comparisons: readonly Comparison[],
  { percent = true, title = titleOf(comparisons), ...options }: TableOptions & WrittenMeasure = {},
): Table {
  const scale = percent ? 100 : 1;
  const severalSettings = new Set(comparisons.map(({ setting }) => setting)).size > 1;
  const written = (value: number) => differenceText(value, percent);
  const rows = [...comparisons].sort((one, other) => other.difference.mean - one.difference.mean).map((comparison) => {
    const { setting, strategy, aulc, difference, adjustedP, saved, outcome } = comparison;
    return {
      ...severalSettings && { setting },
      strategy,
      seeds: difference.pairs,
      [percent ? "AULC %" : "AULC"]: scale * aulc,
      difference: scale * difference.mean,
      "95 % interval": difference.pairs > 1 ? `${written(difference.low)} to ${written(difference.high)}` : "–",
      "p (Holm)": adjustedP ?? null,
      detectable: difference.detectable === Infinity ? null : scale * difference.detectable,
      "labels needed": boundsText(saved.strategy),
      "labels saved": boundsText(saved.saved),
      "interval of labels saved": saved.interval ? boundsText(saved.interval) : "–",
      found: outcome,
    };
  });
  return table(rows, { title, digits: 3, ...options });
}

function titleOf([first]: readonly Comparison[]): string | undefined {
  return first && `Against ${first.baseline}, paired by seed`;
}
