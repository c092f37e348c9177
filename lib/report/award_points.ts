import { examineExercise, type ExerciseOptions } from "./check_exercise.ts";
import { type Broadcast, defaultScreen, kernelBroadcast } from "./screen.ts";

/** What {@linkcode awardPoints} is told. */
export interface AwardPointsOptions<Answer> extends ExerciseOptions<Answer> {
  /** What the exercise is worth; the cell's points in nbgrader. */
  readonly points: number;
  /** Whether a part of the expectations gives a part of the points, as it does by default, or nothing. */
  readonly partial?: boolean;
  /** How the kernel sends messages; this process's own by default, and none outside a kernel. */
  readonly broadcast?: Broadcast;
}

/**
 * Checks an exercise as `checkExercise` does, and gives its points as nbgrader takes them: the share of expectations
 * that hold, times `points`, as the result of the cell. For a cell of nbgrader's autograder tests; one a cell.
 *
 * nbgrader gives full points to a cell without a result, and the Deno kernel may lose the value of a last expression. So
 * the result is sent as a message of its own, and waited for.
 *
 * @throws {RangeError} if `points` is not a finite number above 0
 *
 * @example
 * ```ts
 * import { awardPoints } from "curio";
 *
 * const mySeeds: number | undefined = 9;
 * await awardPoints<number>("C. How many seeds?", {
 *   points: 2,
 *   answer: mySeeds,
 *   expects: { "so many are enough": (seeds) => 8 * 2 / 2 ** seeds <= 0.05 },
 * });
 * ```
 */
export async function awardPoints<Answer>(
  exercise: string,
  options: AwardPointsOptions<Answer>,
): Promise<void> {
  const { points, partial = true, answer, expects, screen = defaultScreen(), broadcast = kernelBroadcast() } = options;
  if (!Number.isFinite(points) || points <= 0) {
    throw new RangeError(
      `Cannot award points for ${exercise}: they must be a finite number above 0: current value is ${points}.`,
    );
  }
  const { record, output } = await examineExercise(exercise, { answer, expects });
  const { state, held, of } = record;
  const share = state === "done" ? 1 : partial ? held / Math.max(1, of) : 0;
  const earned = Math.round(100 * points * share) / 100;
  const text = `${output.data["text/plain"]}\n${earned} of ${points} points`;
  await screen.put({ ...output, data: { "text/plain": text } });
  await broadcast?.("execute_result", { execution_count: 0, data: { "text/plain": `${earned}` }, metadata: {} });
  await screen.drained();
}
