import { z } from "zod";

/** Why a submission is judged as it is, the gravest first: the first that applies is the cause. */
export const causes = [
  "tampering",
  "network",
  "process-limit",
  "disk-limit",
  "out-of-memory",
  "timed-out",
  "syntax-error",
  "does-not-start",
  "test-leakage",
  "forged-metrics",
  "seed-ignored",
  "irreproducible",
  "unfair-comparison",
  "labels-miscounted",
  "cell-failed",
  "out-of-range",
  "unverified",
  "incomplete",
  "sound",
] as const;

/** One of the {@linkcode causes}. */
export type Cause = typeof causes[number];

/** What was found, in a plain sentence with its numbers. */
export const Finding = z.strictObject({
  /** What it would be the cause of; null for what is worth knowing and costs nothing. */
  cause: z.enum(causes).nullable(),
  notebook: z.string().nullable(),
  text: z.string(),
});

/** The points for one requirement of the rubric. */
export const RequirementPoints = z.strictObject({
  requirement: z.string(),
  points: z.number().nonnegative(),
  of: z.number().positive(),
  /** What was met and what was not, in plain sentences. */
  reason: z.string(),
});

/** What becomes of a submission. */
export const Verdict = z.strictObject({
  submission: z.string(),
  cause: z.enum(causes),
  requirements: z.array(RequirementPoints),
  total: z.number().nonnegative(),
  of: z.number().positive(),
  /** The gravest first. */
  findings: z.array(Finding),
  /** Each number that was compared, for the page. */
  comparisons: z.array(z.strictObject({
    notebook: z.string(),
    metric: z.string(),
    claimed: z.number().nullable(),
    /** By the grader, of the evidence that came with the claim. */
    recomputedClaim: z.number().nullable(),
    rerun: z.number().nullable(),
    /** By the grader, of the evidence of the re-execution. */
    recomputedRerun: z.number().nullable(),
    /** The reference range in the profile of the re-execution. */
    low: z.number().nullable(),
    high: z.number().nullable(),
  })),
});

/** The content of a {@linkcode Verdict}. */
export type Verdict = z.infer<typeof Verdict>;
/** The content of a {@linkcode Finding}. */
export type Finding = z.infer<typeof Finding>;
