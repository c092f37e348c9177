import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** One of the checks before something is handed in. */
export const HandinCheck = z.strictObject({
  /** What should hold, as a sentence. */
  check: z.string(),
  passed: z.boolean(),
  /** What was found instead. */
  faults: z.array(z.string()),
  /** What mends it; empty where nothing is to be mended. */
  remedy: z.string(),
});

/** What is handed in, from where, and in what state: `handin.json` in the archive. */
export const HandinRecord = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  made: z.iso.datetime(),
  versions: z.strictObject({ curio: z.string(), deno: z.string() }),
  machine: z.strictObject({
    system: z.string(),
    architecture: z.string(),
    cores: z.int().positive(),
    /** Bytes. */
    memory: z.int().positive(),
  }),
  git: z.strictObject({
    /** Null outside a git checkout. */
    commit: z.string().nullable(),
    /** What differs from the commit, among all that is handed in. */
    changed: z.array(z.string()),
  }),
  /** How each notebook was run that wrote metrics. */
  notebooks: z.array(z.strictObject({
    notebook: z.string(),
    profile: z.string(),
    seed: z.union([z.number(), z.string()]),
    backend: z.string(),
    device: z.string(),
    threads: z.int().positive(),
    versions: z.record(z.string(), z.string()),
    commit: z.string().nullable(),
  })),
  checks: z.array(HandinCheck),
  /** Whether it was handed in although a check had failed. */
  forced: z.boolean(),
  /** SHA-256 over the names and sums of the files: the same for the same content, whenever it is handed in. */
  content: digest,
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: digest })),
});

/** The content of a {@linkcode HandinCheck}. */
export type HandinCheck = z.infer<typeof HandinCheck>;
/** The content of a {@linkcode HandinRecord}. */
export type HandinRecord = z.infer<typeof HandinRecord>;
