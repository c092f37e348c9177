import { z } from "zod";

/** Batches are `[batch, height, width, channels]` throughout. */
export const channelsLast = z.literal("channelsLast", { error: "its dataFormat must be channelsLast" });

/** Two numbers, or one for both. */
export const pair = z.union([z.number(), z.tuple([z.number(), z.number()])])
  .transform((value): [number, number] => typeof value === "number" ? [value, value] : value);

/** Padding, in TensorFlow's spelling. */
export const padding = z.enum(["same", "valid"], { error: 'its padding must be "same" or "valid"' })
  .transform((value) => value.toUpperCase());

/** The activation that a layer ends with. */
export const activation = z.string({ error: "its activation must have a name" });
