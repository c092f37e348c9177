import { z } from "zod";
import defaultRubric from "./default_rubric.json" with { type: "json" };
import { causes } from "./verdict.ts";

const points = z.number().nonnegative();

const pattern = z.string().refine((text) => {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}, "it must be a regular expression");

/** What a requirement needs, each with the points that it is worth. */
const need = z.discriminatedUnion("need", [
  /** The notebook runs from its first cell to its last, for the grader. */
  z.strictObject({ need: z.literal("passes"), points, notebook: z.string() }),
  /**
   * Metrics of these names come out of the re-execution, at least so many of them, none below its reference range, and
   * each confirmed by the grader's own computation.
   */
  z.strictObject({
    need: z.literal("metric"),
    points,
    notebook: z.string(),
    metric: pattern,
    atLeast: z.int().positive().default(1),
  }),
  /** At least so many strategies, `random` among them, from equal initial sets and over equal budgets. */
  z.strictObject({
    need: z.literal("strategies"),
    points,
    notebook: z.string(),
    atLeast: z.int().positive(),
  }),
  /** None of these was found in the notebook, or anywhere where none is named; and the notebook could be looked at. */
  z.strictObject({
    need: z.literal("none found"),
    points,
    notebook: z.string().optional(),
    of: z.array(z.enum(causes)).min(1),
  }),
  /** The submission came with the metrics of this notebook, and they hold. */
  z.strictObject({ need: z.literal("claims"), points, notebook: z.string() }),
  /** So many words of the student's own in files of this name. */
  z.strictObject({ need: z.literal("words"), points, file: pattern, atLeast: z.int().positive() }),
]);

/** What one requirement of the assignment needs. */
export type Need = z.output<typeof need>;

/** How points are given: the file that `deno task grade --rubric FILE` reads. */
export const Rubric = z.strictObject({
  title: z.string(),
  requirements: z.array(z.strictObject({ requirement: z.string(), needs: z.array(need).min(1) })).min(1)
    .refine((all) => new Set(all.map(({ requirement }) => requirement)).size === all.length, {
      error: "every requirement must have a name of its own",
    })
    .refine((all) => all.every(({ needs }) => needs.some((each) => each.points > 0)), {
      error: "every requirement must be worth points",
    }),
  /** Notebooks in which results for the test images are seen once, when there is nothing left to decide. */
  testedOnce: z.array(z.string()).default([]),
  /** What costs more than the needs that ask for it: all points, or those of the notebook where it was found. */
  voids: z.partialRecord(z.enum(causes), z.enum(["everything", "notebook"])).default({}),
});

/** The content of a {@linkcode Rubric}. */
export type Rubric = z.output<typeof Rubric>;

/**
 * The rubric in a file; without one, the assignment's five requirements (`default_rubric.json`, to be copied and
 * changed).
 *
 * @throws {SyntaxError} that names the file and every place where it is wrong
 */
export async function readRubric(file?: string): Promise<Rubric> {
  if (file === undefined) return Rubric.parse(defaultRubric);
  const remedy = "lib/tasks/grading/default_rubric.json shows what a rubric looks like.";
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`Cannot read the rubric ${file}: it is not JSON: ${error.message}. ${remedy}`);
  }
  const parsed = Rubric.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new SyntaxError(`Cannot read the rubric ${file}: it is wrong:\n${z.prettifyError(parsed.error)}\n${remedy}`);
}
