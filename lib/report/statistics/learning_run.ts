import type { LearningRun } from "../../learning/learning_run.ts";

/** Labels from `from` to `to`, both included. */
export interface BudgetRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Checks runs before anything is computed of them.
 *
 * @param action what cannot be done, for the error: `compare strategies`
 * @throws {RangeError} if there is no run, a run without a point, labels that do not grow, one value too many or too few,
 *   a value that is no number, or two runs of the same setting, strategy and seed
 */
export function checkRuns(runs: readonly LearningRun[], action: string): void {
  const refuse = (rule: string, current: string) => {
    throw new RangeError(`Cannot ${action}: ${rule}: current value is ${current}`);
  };
  if (runs.length === 0) refuse("there must be at least one run", "an empty list");
  const seen = new Set<string>();
  for (const run of runs) {
    const { strategy, seed, labels, values } = run;
    const who = `${strategy} at seed ${seed}`;
    if (labels.length === 0 || labels.length !== values.length) {
      refuse(`${who} must have one value for each of its labels`, `${values.length} for ${labels.length}`);
    }
    for (let point = 0; point < labels.length; point++) {
      if (!(labels[point] > (point === 0 ? -1 : labels[point - 1]) && labels[point] < Infinity)) {
        refuse(`the labels of ${who} must grow`, Array.from(labels).join(", "));
      }
      if (!Number.isFinite(values[point])) refuse(`the values of ${who} must be finite`, `${values[point]}`);
    }
    const key = JSON.stringify([settingOf(run), strategy, seed]);
    if (seen.has(key)) refuse("there must be one run of each setting, strategy and seed", `two of ${who}`);
    seen.add(key);
  }
}

/** What was compared within: dataset and model, or `""` where neither is said. */
export function settingOf({ dataset, model }: Pick<LearningRun, "dataset" | "model">): string {
  return [dataset, model].filter((part) => part !== undefined).join(" · ");
}

/** The labels that all runs have come through: comparisons are made there and nowhere else. */
export function commonRange(runs: readonly LearningRun[]): BudgetRange {
  return {
    from: Math.max(...runs.map(({ labels }) => labels[0])),
    to: Math.min(...runs.map(({ labels }) => labels[labels.length - 1])),
  };
}

/** The measure at a budget, on the straight line between the points beside it; NaN outside the run. */
export function valueAt({ labels, values }: Pick<LearningRun, "labels" | "values">, budget: number): number {
  const last = labels.length - 1;
  if (!(budget >= labels[0] && budget <= labels[last])) return NaN;
  let right = 0;
  while (labels[right] < budget) right++;
  if (labels[right] === budget) return values[right];
  const share = (budget - labels[right - 1]) / (labels[right] - labels[right - 1]);
  return values[right - 1] + share * (values[right] - values[right - 1]);
}

/** The strategies in the order in which they come up. */
export function strategiesOf(runs: readonly LearningRun[]): string[] {
  return [...new Set(runs.map(({ strategy }) => strategy))];
}

/** Pairs each run of `strategy` with the baseline's of the same seed, in the order of seeds; those alone are left out. */
export function pairsOf(
  runs: readonly LearningRun[],
  { strategy, baseline }: { readonly strategy: string; readonly baseline: string },
): readonly (readonly [run: LearningRun, against: LearningRun])[] {
  const against = new Map(runs.filter((run) => run.strategy === baseline).map((run) => [run.seed, run]));
  return runs.filter((run) => run.strategy === strategy && against.has(run.seed))
    .sort((one, other) => one.seed - other.seed).map((run) => [run, against.get(run.seed)!]);
}
