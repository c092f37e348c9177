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
