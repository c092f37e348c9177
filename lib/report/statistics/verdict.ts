import { formatCount, formatNumber } from "../format.ts";
import type { Comparison } from "./compare_strategies.ts";
import type { Bounds } from "./labels_saved.ts";
import { pairsNeeded } from "./paired_difference.ts";

/** How verdicts and tables write the measure. */
export interface WrittenMeasure {
  /** Whether the measure is a share, whose differences are written in percentage points; yes by default. */
  readonly percent?: boolean;
}

/**
 * What a comparison found, in plain words: better, worse, no difference found (with the smallest that could have been
 * found), or descriptive only, and why.
 *
 * @example
 * ```ts
 * import { compareStrategies, verdictOf } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [100, 200];
 * const runs = Array.from({ length: 8 }, (_, seed) => [
 *   { strategy: "random", seed, labels, values: [0.5, 0.60 + seed / 1000] },
 *   { strategy: "margin", seed, labels, values: [0.5, 0.62] },
 * ]).flat();
 * assert.match(verdictOf(compareStrategies(runs)[0]), /^margin is better than random: 0.83 points in mean accuracy/);
 * ```
 */
export function verdictOf(comparison: Comparison, { percent = true }: WrittenMeasure = {}): string {
  const { strategy, baseline, difference, adjustedP, outcome, comparisons, setting } = comparison;
  const written = (value: number) => differenceText(value, percent);
  const unit = percent ? " points" : "";
  const size = `${written(difference.mean)}${unit}`;
  const range = `95 % interval ${written(difference.low)} to ${written(difference.high)}`;
  const seeds = `${difference.pairs} ${difference.pairs === 1 ? "seed" : "seeds"}`;
  const corrected = comparisons > 1 ? ` after Holm's correction for ${comparisons} comparisons` : "";
  const test = `p = ${pText(adjustedP ?? 1)}${corrected}, ${seeds}`;
  const where = setting === "" ? "" : `${setting}: `;
  const over = percent ? "mean accuracy over the budgets (AULC)" : "AULC";
  switch (outcome) {
    case "better":
    case "worse":
      return `${where}${strategy} is ${outcome} than ${baseline}: ${size} in ${over} (${range}; ${test}).`;
    case "no difference found":
      return `${where}no difference found between ${strategy} and ${baseline}: ${size} in ${over} (${range}; ${test}). ` +
        `A true difference of ${written(difference.detectable)}${unit} would have been found four times in five; a ` +
        "smaller one may be there.";
    case "descriptive": {
      const lead = difference.mean === 0 ? "level with" : difference.mean > 0 ? "ahead of" : "behind";
      const spread = difference.pairs > 1 ? ` (${range})` : "";
      return `${where}Descriptive only: with ${seeds} no test can reject${corrected}; ${
        pairsNeeded(comparisons)
      } seeds could. ${strategy} is ${lead} ${baseline} by ${
        differenceText(Math.abs(difference.mean), percent)
      }${unit} in ` +
        `${over}${spread}.`;
    }
  }
}

/** Labels saved in plain words: `142`, `at least 50`, `between −20 and 50`, `unknown`. */
export function boundsText({ low, high }: Bounds): string {
  const written = (value: number) => signed(formatCount(Math.round(value)));
  if (low === high) return written(low);
  if (low === -Infinity && high === Infinity) return "unknown";
  if (high === Infinity) return `at least ${written(low)}`;
  if (low === -Infinity) return `at most ${written(high)}`;
  return `between ${written(low)} and ${written(high)}`;
}

/** A difference in the measure, in percentage points where it is a share, without the unit. */
export function differenceText(value: number, percent: boolean): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const written = percent ? (100 * value).toFixed(Math.abs(value) < 0.0095 ? 2 : 1) : formatNumber(value);
  return signed(written);
}

function pText(p: number): string {
  return p < 0.001 ? "less than 0.001" : p.toFixed(3);
}

function signed(text: string): string {
  return text.replace(/^-/, "−");
}
