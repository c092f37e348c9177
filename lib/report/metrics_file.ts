import { z } from "zod";

const metric = z.strictObject({
  value: z.number(),
  /** How far another machine's value may lie from this one. */
  tolerance: z.number().min(0),
});

/**
 * What a notebook found and under what conditions: `reports/<notebook>.metrics.json`. `metrics` repeats bit for bit on
 * one machine with the same seed; what cannot (seconds) stands in `measured`.
 */
export const MetricsFile = z.strictObject({
  notebook: z.string(),
  metrics: z.record(z.string(), metric),
  measured: z.record(z.string(), z.number()),
  profile: z.enum(["smoke", "quick", "full"]),
  configuration: z.record(z.string(), z.json()),
  seed: z.union([z.number(), z.string()]),
  versions: z.strictObject({ curio: z.string(), deno: z.string(), tfjs: z.string(), library: z.string() }),
  backend: z.enum(["tensorflow", "webgpu"]),
  device: z.enum(["cpu", "gpu"]),
  threads: z.number().int().positive(),
  /** What was trained and tested on, each with the SHA-256 of its content. */
  data: z.array(z.strictObject({ name: z.string(), checksum: z.string() })),
  /** The commit of the code; null outside a git checkout. */
  commit: z.string().nullable(),
});

/** The content of a {@linkcode MetricsFile}. */
export type MetricsFile = z.infer<typeof MetricsFile>;
