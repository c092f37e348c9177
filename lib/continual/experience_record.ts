import { z } from "zod";
import type { AccuracyMatrix } from "./continual_metrics.ts";

const share = z.number().min(0).max(1);
const size = z.number().nonnegative();

export const experienceRecordSchema = z.strictObject({
  /** Its place in the stream, from 0. */
  number: z.int().nonnegative(),
  name: z.string(),
  /** On the test set of each experience of the stream, later ones too. */
  accuracies: z.array(share),
  /** Of the untrained network, with the first experience. */
  untrained: z.array(share).optional(),
  /** `confusion[i][j]`: test images of unit i taken for unit j, over the experiences learnt so far. */
  confusion: z.array(z.array(z.int().nonnegative())),
  /** Training examples that were learnt from: those bought, in an active stream. */
  examples: z.int().nonnegative(),
  /** In an active stream, the places in the experience's training set of those bought, in order. */
  bought: z.array(z.int().nonnegative()).optional(),
  steps: z.int().nonnegative(),
  /** Mean over the last tenth of the steps, without penalties; null where there was no step. */
  loss: z.number().nullable(),
  /** What the strategy's penalty added to the loss at the end. */
  penalty: z.number(),
  memory: z.strictObject({
    /** Examples that the strategy keeps. */
    exemplars: z.int().nonnegative(),
    /** The exemplars' pixels or features, and the tensors that it saves; a frozen copy of the network is not counted. */
    bytes: size,
  }),
  seconds: z.strictObject({ train: size, evaluate: size }),
});

/** What one experience of a stream came to. */
export type ExperienceRecord = Readonly<z.infer<typeof experienceRecordSchema>>;

/** The accuracy matrix of a stream's records. */
export function matrixOf(records: readonly ExperienceRecord[]): AccuracyMatrix {
  return { accuracies: records.map(({ accuracies }) => accuracies), untrained: records[0]?.untrained };
}
