import type { LearningRun } from "../../learning/learning_run.ts";
import { type BudgetRange, commonRange, valueAt } from "./learning_run.ts";

/** What is known of a number: it lies from `low` to `high`, and is exact where they are equal. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** What {@linkcode labelsSaved} found. */
export interface LabelsSaved {
  readonly target: number;
  readonly pairs: number;
  /** Pairs in which one of the two never reached the target, or had it from the start. */
  readonly censored: number;
  /** Median over seeds of the labels that the strategy needed. */
  readonly strategy: Bounds;
  /** Median over seeds of the labels that the baseline needed. */
  readonly baseline: Bounds;
  /** Median over seeds of the labels saved; negative where the baseline needed fewer. */
  readonly saved: Bounds;
  /** 95 % interval of that median; with fewer than 6 pairs there is none. */
  readonly interval?: Bounds;
}

/**
 * The labels needed until a run first reaches `target`, on the straight line between the points before and after.
 * A target that is never reached within `range` is right-censored (`to` or more), one that is reached at its start is
 * left-censored (`from` or fewer).
 *
 * @param options the run's own labels are the `range` by default
 *
 * @example
 * ```ts
 * import { labelsToReach } from "curio";
 * import assert from "node:assert/strict";
 *
 * const run = { labels: [100, 200, 300], values: [0.5, 0.7, 0.8] };
 * assert.deepEqual(labelsToReach(run, { target: 0.6 }), { low: 150, high: 150 });
 * assert.deepEqual(labelsToReach(run, { target: 0.9 }), { low: 300, high: Infinity });
 * ```
 */
export function labelsToReach(
  run: Pick<LearningRun, "labels" | "values">,
  { target, range = { from: run.labels[0], to: run.labels[run.labels.length - 1] } }: {
    readonly target: number;
    readonly range?: BudgetRange;
  },
): Bounds {
  const { from, to } = range;
  let [before, value] = [from, valueAt(run, from)];
  if (value >= target) return { low: 0, high: from };
  for (const budget of [...Array.from(run.labels).filter((labels) => labels > from && labels < to), to]) {
    const next = valueAt(run, budget);
    if (next >= target) {
      const labels = before + (target - value) / (next - value) * (budget - before);
      return { low: labels, high: labels };
    }
    [before, value] = [budget, next];
  }
  return { low: to, high: Infinity };
}

/**
 * The labels that a strategy saved against a baseline on the way to `target`, over pairs of runs of the same seed: the
 * median over seeds, and its interval from order statistics (the sign test turned round: Thompson, 1936; coverage at
 * least 95 %, no distribution assumed).
 *
 * Runs that never reach the target are right-censored, not left out: each pair's saving is known within bounds, the
 * lower ends give the lower end of the median and of its interval, and the upper ends the upper. An end is infinite
 * where too many are censored to say.
 *
 * @param pairs run and baseline of each seed, read on one common budget range
 * @throws {RangeError} if there is no pair
 */
export function labelsSaved(
  pairs: readonly (readonly [run: LearningRun, against: LearningRun])[],
  { target, range = commonRange(pairs.flat()) }: { readonly target: number; readonly range?: BudgetRange },
): LabelsSaved {
  if (pairs.length === 0) {
    throw new RangeError("Cannot count labels saved: there must be at least one pair: current value is an empty list");
  }
  const needed = pairs.map(([run, against]) => ({
    strategy: labelsToReach(run, { target, range }),
    baseline: labelsToReach(against, { target, range }),
  }));
  const savings = needed.map(({ strategy, baseline }): Bounds => ({
    low: baseline.low - strategy.high,
    high: baseline.high - strategy.low,
  }));
  return {
    target,
    pairs: pairs.length,
    censored: savings.filter(({ low, high }) => low !== high).length,
    strategy: medianOf(needed.map(({ strategy }) => strategy)),
    baseline: medianOf(needed.map(({ baseline }) => baseline)),
    saved: medianOf(savings),
    interval: intervalOfMedian(savings),
  };
}

function medianOf(bounds: readonly Bounds[]): Bounds {
  const middle = (values: number[]) => {
    const sorted = values.sort((one, other) => one - other);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  };
  return { low: middle(bounds.map(({ low }) => low)), high: middle(bounds.map(({ high }) => high)) };
}

function intervalOfMedian(bounds: readonly Bounds[]): Bounds | undefined {
  const count = bounds.length;
  // The values cut off at each end: as many as keep the chance that the median lies among them at 2.5 %.
  let cut = 0;
  let chance = 0.5 ** count;
  let below = chance;
  while (below <= 0.025) {
    cut++;
    chance *= (count - cut + 1) / cut;
    below += chance;
  }
  if (cut === 0) return undefined;
  const sorted = (end: keyof Bounds) => bounds.map((bound) => bound[end]).sort((one, other) => one - other);
  return { low: sorted("low")[cut - 1], high: sorted("high")[count - cut] };
}
