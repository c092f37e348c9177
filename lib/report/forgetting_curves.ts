import type { AccuracyMatrix } from "../continual/continual_metrics.ts";
import type { Figure } from "./figure.ts";
import { learningCurves, type LearningCurvesOptions } from "./learning_curves.ts";

/** What {@linkcode forgettingCurves} may be told. */
export interface ForgettingCurvesOptions extends Pick<LearningCurvesOptions, "title" | "name" | "band"> {
  /** One name for each experience of the stream; `experience 1`, … by default. */
  readonly experiences?: readonly string[];
}

/**
 * How the accuracy on each experience goes on after it was learnt: a curve for each, from the experience itself to the
 * end of the stream, the mean over runs with their spread.
 *
 * @param runs one matrix for each seed, all of one stream
 * @throws {RangeError} if there is no run, or nothing was learnt in it
 */
export function forgettingCurves(
  runs: readonly AccuracyMatrix[],
  { title = "Forgetting", name, band, experiences }: ForgettingCurvesOptions = {},
): Figure {
  const learnt = runs[0]?.accuracies ?? [];
  const curves = learnt.map((_, j) => ({
    name: experiences?.[j] ?? `experience ${j + 1}`,
    labels: learnt.slice(j).map((_, later) => j + later + 1),
    runs: runs.map(({ accuracies }) => accuracies.slice(j).map((row) => row[j])),
  }));
  return learningCurves(curves, { title, name, band, axis: "experiences learnt", measure: "accuracy on its test set" });
}
