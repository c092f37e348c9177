import type { HeldOutScores, Round } from "./round.ts";

/** The learning curve of one run: one strategy at one seed. */
export interface LearningRun {
  /** Left out where there is only one. */
  readonly dataset?: string;
  /** Left out where there is only one. */
  readonly model?: string;
  readonly strategy: string;
  /** Runs of equal dataset, model and seed began with the same labels, and are compared in pairs. */
  readonly seed: number;
  /** Labels at each point, growing; those spent on validation count. */
  readonly labels: ArrayLike<number>;
  /** The measure at each point, such as test accuracy; larger is better. */
  readonly values: ArrayLike<number>;
}

/** A run with its rounds, as an experiment keeps them or as `activeLearning()` gave them. */
export interface MeasuredRun extends Pick<LearningRun, "dataset" | "model" | "strategy" | "seed"> {
  readonly rounds: readonly Pick<Round, "budget" | "test" | "validation">[];
}

/** Which of a round's figures a learning curve shows. */
export interface LearningRunOptions {
  /** Default: accuracy. The others are better when smaller: turn them round before comparing. */
  readonly measure?: Exclude<keyof HeldOutScores, "count" | "confusion">;
  /** Default: the test set, which no decision saw. */
  readonly on?: "test" | "validation";
}

/**
 * The learning curve of one run, over all labels that were paid for, those of the validation set included. Rounds that
 * were not measured are left out.
 */
export function learningRun(
  { dataset, model, strategy, seed, rounds }: MeasuredRun,
  { measure = "accuracy", on = "test" }: LearningRunOptions = {},
): LearningRun {
  const measured = rounds.filter((round) => round[on] !== undefined);
  return {
    ...(dataset !== undefined && { dataset }),
    ...(model !== undefined && { model }),
    strategy,
    seed,
    labels: measured.map(({ budget }) => budget),
    values: measured.map((round) => round[on]![measure]),
  };
}
