import { z } from "zod";
import { defaultScreen, type Output, type Screen } from "./screen.ts";

/** What a check leaves in the metadata of its output, as `curio_exercise`, for whoever reads the executed notebook. */
export const ExerciseRecord = z.strictObject({
  exercise: z.string(),
  state: z.enum(["to do", "not yet", "done"]),
  /** Of all expectations, how many hold. */
  held: z.int().nonnegative(),
  of: z.int().nonnegative(),
});

/** The content of an {@linkcode ExerciseRecord}. */
export type ExerciseRecord = z.infer<typeof ExerciseRecord>;

/** What {@linkcode checkExercise} is told. */
export interface ExerciseOptions<Answer> {
  /** What the reader's cell arrived at; undefined (also in a promise) as long as the skeleton is untouched. */
  readonly answer: Answer | undefined | Promise<Answer | undefined>;
  /**
   * What must be true of it, in plain words ("there are three convolutions"), each with its check: `true` where it
   * holds, otherwise `false` or a sentence that says what is still wrong.
   */
  readonly expects: Readonly<Record<string, (answer: Answer) => boolean | string | Promise<boolean | string>>>;
  /** Where it is said; this process's own screen by default. */
  readonly screen?: Screen;
}

/**
 * Says how far an exercise has come, and what is still wrong. Never throws, so that a notebook with untouched exercises
 * runs to its end.
 *
 * @example
 * ```ts
 * import { checkExercise } from "curio";
 *
 * await checkExercise("Exercise 1", {
 *   answer: { filters: [16] },
 *   expects: { "there are two blocks": ({ filters }) => filters.length === 2 || `there is ${filters.length}; add one` },
 * });
 * ```
 */
export async function checkExercise<Answer>(
  exercise: string,
  { answer, expects, screen = defaultScreen() }: ExerciseOptions<Answer>,
): Promise<void> {
  const { output } = await examineExercise(exercise, { answer, expects });
  const shown = screen.put(output);
  await screen.drained();
  await shown;
}

/** How far an exercise has come, and the output that says so. */
export async function examineExercise<Answer>(
  exercise: string,
  { answer, expects }: Pick<ExerciseOptions<Answer>, "answer" | "expects">,
): Promise<{ readonly record: ExerciseRecord; readonly output: Output }> {
  const lines: string[] = [];
  let state: ExerciseRecord["state"] = "done";
  try {
    const given = await answer;
    if (given === undefined) {
      state = "to do";
    } else {
      for (const [expectation, check] of Object.entries(expects)) {
        const verdict = await verdictOf(() => check(given));
        if (verdict !== true) state = "not yet";
        lines.push(
          verdict === true ? `  ✓ ${expectation}` : `  ✗ ${expectation}${verdict ? ` – ${verdict}` : ""}`,
        );
      }
    }
  } catch (error) {
    state = "not yet";
    lines.push(`  ✗ the answer could not be worked out: ${messageOf(error)}`);
  }
  const held = lines.filter((line) => line.startsWith("  ✓")).length;
  const record: ExerciseRecord = { exercise, state, held, of: Object.keys(expects).length };
  const mark = { done: "✓", "not yet": "✗", "to do": "○" }[state];
  const text = [`${mark} ${exercise}: ${state}`, ...lines].join("\n");
  return { record, output: { data: { "text/plain": text }, metadata: { curio_exercise: record } } };
}

async function verdictOf(check: () => boolean | string | Promise<boolean | string>): Promise<boolean | string> {
  try {
    return await check();
  } catch (error) {
    return `the check stopped: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
