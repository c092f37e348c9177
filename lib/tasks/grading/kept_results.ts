import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { ignoreNotFound } from "../../data/ignore_not_found.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import type { GradedSubmission } from "./grade_submission.ts";
import { NotebookFigures } from "./notebook_figures.ts";
import { SubmissionRecord } from "./submission_record.ts";

const Kept = z.strictObject({
  record: SubmissionRecord,
  cells: z.array(z.strictObject({ name: z.string(), cells: z.array(z.string()) })),
  figures: z.array(NotebookFigures),
  seconds: z.number().nonnegative(),
});

/** Where the result of one submission is kept. */
export interface KeptPlace {
  readonly file: string;
  /** Its figures. */
  readonly figures: string;
  /** What it is worked out in; gone when it is done. */
  readonly work: string;
}

/**
 * Where the result of a submission is kept in the grader's folder: by the sum of what was handed in and of everything
 * that it is executed with. So what is finished is not done again, and what has changed is.
 */
export function keptPlace(output: string, circumstances: unknown): KeptPlace {
  const key = createHash("sha256").update(JSON.stringify(circumstances)).digest("hex").slice(0, 24);
  const folder = join(output, "kept", key);
  return { file: join(folder, "result.json"), figures: join(folder, "figures"), work: join(output, "work", key) };
}

/** What was kept, if it is there and whole. */
export async function readKept({ file }: KeptPlace): Promise<GradedSubmission | undefined> {
  const text = await Deno.readTextFile(file).catch(ignoreNotFound);
  if (text === undefined) return undefined;
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // it is worked out again
  }
}

/** Keeps a result: from now on it is finished. */
export async function writeKept({ file }: KeptPlace, result: GradedSubmission): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(result));
}
