import type { LearningRun } from "../../learning/learning_run.ts";
import type { Random } from "../../runtime/random.ts";
import { aulc } from "./aulc.ts";
import { holm } from "./holm.ts";
import { type LabelsSaved, labelsSaved } from "./labels_saved.ts";
import { type BudgetRange, checkRuns, commonRange, pairsOf, settingOf, strategiesOf, valueAt } from "./learning_run.ts";
import { type PairedDifference, pairedDifference, pairsNeeded } from "./paired_difference.ts";
import { signFlipTest } from "./sign_flip_test.ts";

/** What {@linkcode compareStrategies} may be told. */
export interface CompareOptions {
  /** What every other strategy is compared with; `random` by default. */
  readonly baseline?: string;
  /**
   * The level of the measure for labels saved; by default, in each setting, the baseline's mean half-way through the
   * common budgets: high enough to matter, low enough that nearly all runs reach it.
   */
  readonly target?: number;
  /** Family-wise level at which a difference counts as found; default 0.05. */
  readonly alpha?: number;
  /** Of sampled sign patterns, beyond 20 seeds. */
  readonly random?: Random;
}

/** One strategy against the baseline on one dataset with one model. */
export interface Comparison {
  /** Dataset and model; `""` where there is only one. */
  readonly setting: string;
  readonly strategy: string;
  readonly baseline: string;
  /** The labels that all runs of the setting have come through: everything here is measured on them. */
  readonly range: BudgetRange;
  /** Mean normalised area under the learning curve of the paired runs: see {@linkcode aulc}. */
  readonly aulc: number;
  readonly baselineAulc: number;
  /** Strategy minus baseline in AULC, paired by seed. */
  readonly difference: PairedDifference;
  /** Of the sign-flip test, before and after Holm's correction; left out below 6 seeds, where no test can reject. */
  readonly p?: number;
  readonly adjustedP?: number;
  /** Comparisons that were corrected for. */
  readonly comparisons: number;
  readonly saved: LabelsSaved;
  /** `descriptive`: no test could have rejected, so there was none to fail. */
  readonly outcome: "better" | "worse" | "no difference found" | "descriptive";
}

/**
 * Every strategy against the baseline, on each dataset and model: the difference in normalised area under the learning
 * curve ({@linkcode aulc}), paired by seed, with its t interval ({@linkcode pairedDifference}), the p of a sign-flip
 * permutation test ({@linkcode signFlipTest}), and labels saved ({@linkcode labelsSaved}).
 *
 * Holm's correction is over the strategy-versus-baseline comparisons of this call and no others: strategies are not
 * tested against each other. Where seeds are too few for any test to reject, it is a description and says so.
 *
 * The seeds differ in initial labels, weights and order of training on one split of one dataset: what is found holds for
 * that dataset and split.
 *
 * @throws {RangeError} if the runs are not as {@linkcode checkRuns} wants, a setting lacks the baseline or a strategy has no
 *   seed in common with it, or the runs of a setting share no range of budgets
 *
 * @example
 * ```ts
 * import { compareStrategies, verdictOf } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [100, 200, 300];
 * const runs = [1, 2, 3].flatMap((seed) => [
 *   { strategy: "random", seed, labels, values: [0.5, 0.60, 0.70] },
 *   { strategy: "margin", seed, labels, values: [0.5, 0.65 + seed / 100, 0.75] },
 * ]);
 * const [margin] = compareStrategies(runs);
 * assert.equal(margin.outcome, "descriptive");
 * assert.match(verdictOf(margin), /^Descriptive only/);
 * ```
 */
export function compareStrategies(
  runs: readonly LearningRun[],
  { baseline = "random", target, alpha = 0.05, random }: CompareOptions = {},
): Comparison[] {
  checkRuns(runs, "compare strategies");
  const settings = [...Map.groupBy(runs, settingOf)];
  const cases = settings.flatMap(([setting, own]) => {
    const range = rangeOf(setting, own);
    const level = target ?? targetOf(own, { baseline, range });
    return strategiesOf(own).filter((strategy) => strategy !== baseline).map((strategy) => {
      const pairs = pairsOf(own, { strategy, baseline });
      if (pairs.length === 0) {
        throw new RangeError(
          `Cannot compare strategies: ${strategy} and ${baseline} must have a seed in common${
            setting && ` on ${setting}`
          }: current value is none. Run both from the same seeds, or name another baseline.`,
        );
      }
      return { setting, strategy, range, level, pairs };
    });
  });
  const comparisons = cases.length;
  const areas = cases.map(({ pairs, range }) => pairs.map(([one, other]) => [aulc(one, range), aulc(other, range)]));
  const differences = areas.map((own) => own.map(([one, other]) => one - other));
  const tested = differences.map((own) =>
    own.length >= pairsNeeded(1, alpha) ? signFlipTest(own, { random }) : undefined
  );
  const corrected = holm(tested.map((p) => p ?? 1)); // what is not tested still counts: leaving it out would flatter
  return cases.map(({ setting, strategy, range, level, pairs }, place) => {
    const difference = pairedDifference(differences[place], { comparisons, alpha });
    const p = tested[place];
    const adjustedP = p === undefined ? undefined : corrected[place];
    return {
      setting,
      strategy,
      baseline,
      range,
      aulc: meanOf(areas[place].map(([one]) => one)),
      baselineAulc: meanOf(areas[place].map(([, other]) => other)),
      difference,
      p,
      adjustedP,
      comparisons,
      saved: labelsSaved(pairs, { target: level, range }),
      outcome: outcomeOf({ difference, adjustedP, alpha }),
    };
  });
}

function outcomeOf(
  { difference, adjustedP, alpha }: {
    readonly difference: PairedDifference;
    readonly adjustedP?: number;
    readonly alpha: number;
  },
): Comparison["outcome"] {
  if (adjustedP !== undefined && adjustedP <= alpha) return difference.mean > 0 ? "better" : "worse";
  return difference.detectable === Infinity ? "descriptive" : "no difference found";
}

function rangeOf(setting: string, runs: readonly LearningRun[]): BudgetRange {
  const range = commonRange(runs);
  if (range.from < range.to) return range;
  throw new RangeError(
    `Cannot compare strategies: all runs${
      setting && ` on ${setting}`
    } must share a range of budgets: current value is ` +
      `${range.from}…${range.to}. Leave out runs that ended early.`,
  );
}

function targetOf(
  runs: readonly LearningRun[],
  { baseline, range }: { readonly baseline: string; readonly range: BudgetRange },
): number {
  const budget = (range.from + range.to) / 2;
  return meanOf(runs.filter(({ strategy }) => strategy === baseline).map((run) => valueAt(run, budget)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
