import { z } from "zod";

/** An example of a stream by its place, so that a memory of a thousand images weighs a few kilobytes. */
export const exemplarSchema = z.strictObject({
  /** The experience that it was learnt in. */
  experience: z.int().nonnegative(),
  /** Its place in that experience's training set. */
  index: z.int().nonnegative(),
  /** Its output unit. */
  label: z.int().nonnegative(),
});

/** An example of a stream by its place. */
export type Exemplar = Readonly<z.infer<typeof exemplarSchema>>;
