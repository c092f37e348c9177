import type { LearningRun } from "../../learning/learning_run.ts";
import { checkRuns, commonRange, pairsOf, settingOf, strategiesOf, valueAt } from "./learning_run.ts";
import { momentsOf, studentT } from "./student_t.ts";

/** Who beats whom how often, by {@linkcode winMatrix}. */
export interface WinMatrix {
  readonly strategies: readonly string[];
  /** The settings (dataset and model) that were gone through: the most that a cell can hold. */
  readonly settings: number;
  /** `wins[i][j]`: settings in which strategy i beats strategy j, each counted by the share of budgets at which it does. */
  readonly wins: readonly (readonly number[])[];
  /** Of each strategy, the mean of its column: how often it is beaten. Smaller is better. */
  readonly beaten: readonly number[];
}

/**
 * The pairwise win matrix of the BADGE paper (Ash et al., 2020, "Deep Batch Active Learning by Diverse, Uncertain Gradient
 * Lower Bounds", section 4): at each of a setting's L budgets at which i is ahead of j with t = √n · d̄ ÷ s above the
 * 97.5 % point of Student's t with n − 1 degrees of freedom (2.776 at the paper's 5 seeds), i gets 1 ÷ L. Differences are
 * paired by seed.
 *
 * A description, not a test: L comparisons on one curve are one experience told L times, and none is corrected for.
 *
 * The budgets are those of each setting's first run that all its runs have come through.
 *
 * @throws {RangeError} if the runs are not as {@linkcode checkRuns} wants
 */
export function winMatrix(runs: readonly LearningRun[]): WinMatrix {
  checkRuns(runs, "count wins");
  const strategies = strategiesOf(runs);
  const settings = [...Map.groupBy(runs, settingOf).values()];
  const wins = strategies.map((strategy) =>
    strategies.map((baseline) => settings.reduce((sum, own) => sum + shareOfBudgetsWon(own, { strategy, baseline }), 0))
  );
  const beaten = strategies.map((_, column) => wins.reduce((sum, row) => sum + row[column], 0) / strategies.length);
  return { strategies, settings: settings.length, wins, beaten };
}

function shareOfBudgetsWon(
  runs: readonly LearningRun[],
  who: { readonly strategy: string; readonly baseline: string },
): number {
  const { from, to } = commonRange(runs);
  const budgets = Array.from(runs[0].labels).filter((labels) => labels >= from && labels <= to);
  const pairs = pairsOf(runs, who);
  if (budgets.length === 0 || pairs.length < 2) return 0;
  const critical = studentT(0.975, pairs.length - 1);
  const won = budgets.filter((budget) => {
    const { mean, deviation } = momentsOf(pairs.map(([one, other]) => valueAt(one, budget) - valueAt(other, budget)));
    return mean > 0 && Math.sqrt(pairs.length) * mean > critical * deviation;
  });
  return won.length / budgets.length;
}
