import { z } from "zod";
import type { RoundRecord } from "./run_store.ts";

const count = z.int().nonnegative();
const share = z.number().nullable();

const scoresSchema = z.strictObject({
  count,
  accuracy: z.number(),
  loss: z.number(),
  brier: z.number(),
  calibrationError: z.number(),
  adaptiveCalibrationError: z.number(),
  confusion: z.array(z.array(count)),
});

/** A round without its questions, as a journal keeps it. */
export const roundRecordSchema: z.ZodType<RoundRecord> = z.strictObject({
  round: count,
  strategy: z.string(),
  labels: count,
  repeats: count.optional(),
  validationLabels: count,
  budget: count,
  abstained: count,
  classCounts: z.array(count),
  training: z.strictObject({ from: z.enum(["scratch", "warm", "shrinkAndPerturb"]), steps: count.nullable() }),
  validation: scoresSchema.optional(),
  stability: z.strictObject({
    count,
    kappa: share,
    changed: share,
    deltaF: share,
    meanConfidence: z.number(),
    meanEntropy: z.number(),
    maxEntropy: z.number(),
  }).optional(),
  warnings: z.array(z.string()),
  seconds: z.strictObject({
    train: z.number(),
    evaluate: z.number(),
    score: z.number(),
    select: z.number(),
    label: z.number(),
  }),
  test: scoresSchema.optional(),
  stopped: z.strictObject({ rule: z.string(), reason: z.string() }).optional(),
});
