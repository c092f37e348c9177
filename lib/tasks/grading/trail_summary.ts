import { z } from "zod";

const count = z.int().nonnegative();
const digest = z.string();

/** How many images there were, and how many of them are test images. */
const share = z.strictObject({ images: count, test: count });

/**
 * What the library noted while a notebook was executed (`lib/runtime/audit_trail.ts`), held against the grader's own
 * test images.
 */
export const TrailSummary = z.strictObject({
  /** What is wrong with the trail itself, as whoever meddles with it leaves it. */
  faults: z.array(z.string()),
  /** Of every training: what was learnt from, what it was stopped by, and what it drew its numbers from, if it did. */
  fits: z.array(z.strictObject({ learntFrom: share, stoppedBy: share.nullable(), random: z.string().nullable() })),
  /** Of every active-learning run: what it chose among. */
  pools: z.array(share),
  /** Of every prediction for test images, in order of process and time. */
  predictions: z.array(z.strictObject({
    /** All images that the model had learnt from until then; null where it never learnt here. */
    learntFrom: share.nullable(),
    /** Test images that it was asked about. */
    images: count,
    /** By the grader's labels. */
    accuracy: z.number(),
    /** Of images and classes together: what evidence must agree with. */
    digest,
    /** Trainings of the same process that came later. */
    fitsAfter: count,
  })),
  /** Every active-learning run, round by round. */
  runs: z.array(z.strictObject({
    strategy: z.string(),
    /** What it drew its numbers from: equal in runs that begin from one seed. */
    random: z.string(),
    pool: digest,
    initial: z.array(count),
    rounds: z.array(z.strictObject({
      labels: count,
      validationLabels: count,
      abstained: count,
      asked: z.array(count),
    })),
  })),
});

/** The content of a {@linkcode TrailSummary}. */
export type TrailSummary = z.infer<typeof TrailSummary>;
