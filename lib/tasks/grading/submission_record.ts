import { z } from "zod";
import { Evidence } from "../../report/evidence.ts";
import { MetricsFile } from "../../report/metrics_file.ts";
import { TrailSummary } from "./trail_summary.ts";

const seconds = z.number().nonnegative();

/** How the re-execution of one notebook ended. */
export const rerunOutcomes = [
  "passed",
  "skipped",
  "failed",
  "syntax error",
  "did not start",
  "timed out",
  "out of memory",
  "not run",
] as const;

/** One notebook, executed by the grader. */
export const NotebookRerun = z.strictObject({
  notebook: z.string(),
  outcome: z.enum(rerunOutcomes),
  /** Which cell with code it ended in, counted from 1; 0 where none began. */
  cell: z.int().nonnegative(),
  of: z.int().nonnegative(),
  /** The first error, or why it was skipped or not run; empty where there is nothing to say. */
  error: z.string(),
  seconds,
  metrics: MetricsFile.nullable(),
  evidence: Evidence.nullable(),
  /** Null where the submission's own library ran, or nothing was noted. */
  trail: TrailSummary.nullable(),
});

/** One re-execution of a submission. */
export const Rerun = z.strictObject({
  seed: z.int(),
  profile: z.enum(["smoke", "quick", "full"]),
  notebooks: z.array(NotebookRerun),
});

/** What the sandbox saw a submission try. */
export const Violation = z.strictObject({
  kind: z.enum(["network", "writes outside", "process limit", "disk limit", "tampering"]),
  /** In which notebook, where that is known. */
  notebook: z.string().nullable(),
  /** What was seen, as a sentence. */
  detail: z.string(),
});

/** Everything that is judged of a submission: what it claims, and what was seen when it was executed again. */
export const SubmissionRecord = z.strictObject({
  name: z.string(),
  /** Whose library its notebooks were executed against: the grader's or its own. */
  library: z.enum(["pristine", "own"]),
  /** Its metrics files, by notebook. */
  claims: z.record(z.string(), MetricsFile),
  /** Its evidence files, by notebook. */
  claimedEvidence: z.record(z.string(), Evidence),
  /** Files among those that could not be read, and why. */
  unreadable: z.array(z.strictObject({ file: z.string(), fault: z.string() })),
  /** The text between its cells and in its report: numbers in it are held against the metrics. */
  markdown: z.array(z.strictObject({ file: z.string(), cell: z.int().nonnegative(), text: z.string() })),
  /** The first is what is graded; others, by other or equal seeds, show what the seed does. */
  reruns: z.array(Rerun),
  violations: z.array(Violation),
});

/** The content of a {@linkcode SubmissionRecord}. */
export type SubmissionRecord = z.infer<typeof SubmissionRecord>;
/** The content of a {@linkcode Rerun}. */
export type Rerun = z.infer<typeof Rerun>;
/** The content of a {@linkcode NotebookRerun}. */
export type NotebookRerun = z.infer<typeof NotebookRerun>;
/** The content of a {@linkcode Violation}. */
export type Violation = z.infer<typeof Violation>;
