import type { LearningRun } from "../../learning/learning_run.ts";
import type { LearningCurve } from "../learning_curves.ts";
import { checkRuns, settingOf, valueAt } from "./learning_run.ts";

/**
 * Runs gathered to one curve a strategy, as {@linkcode learningCurves} draws them. Where the runs of a strategy were
 * measured at different labels, each is read at all of them, on straight lines and not beyond its ends.
 *
 * @throws {RangeError} if the runs are of several datasets or models (choose one first), or not as {@linkcode checkRuns} wants
 */
export function meanCurves(runs: readonly LearningRun[]): LearningCurve[] {
  checkRuns(runs, "gather learning curves");
  const settings = new Set(runs.map(settingOf));
  if (settings.size > 1) {
    throw new RangeError(
      `Cannot gather learning curves: all runs must be of one dataset and model: current value is ${
        [...settings].join(", ")
      }. Filter the runs first.`,
    );
  }
  return [...Map.groupBy(runs, ({ strategy }) => strategy)].map(([name, own]) => {
    const labels = [...new Set(own.flatMap((run) => Array.from(run.labels)))].sort((one, other) => one - other);
    return { name, labels, runs: own.map((run) => labels.map((budget) => valueAt(run, budget))) };
  });
}
