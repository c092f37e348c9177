import { gunzipSync } from "node:zlib";
import { z } from "zod";

const count = z.int().nonnegative();

/** A metric that is the mean of a statistic of predictions for the test images. */
const predicted = z.strictObject({
  statistic: z.enum(["accuracy", "macroF1"]),
  /** Of each model that the mean is taken over, the class it gave to each test image, in the order of `test.images`. */
  predictions: z.array(z.array(count)).min(1),
});

/** A metric that is the mean area under the learning curves of a strategy. */
const curve = z.strictObject({
  statistic: z.literal("aulc"),
  /** Which of the `runs` belong to the comparison, by their `study`. */
  study: z.string(),
  strategy: z.string(),
});

/** A metric that is the mean test accuracy of the last models of a strategy, in the runs of a study. */
const last = z.strictObject({ statistic: z.literal("lastAccuracy"), study: z.string(), strategy: z.string() });

const run = z.strictObject({
  study: z.string(),
  strategy: z.string(),
  seed: z.int(),
  /** Items of the pool that were labelled before there was a model. */
  initial: z.array(count),
  rounds: z.array(z.strictObject({
    /** That this round's model learnt from. */
    labels: count,
    /** With those of the validation images: where the round lies on the learning curve. */
    budget: count,
    testAccuracy: z.number(),
    /** Items of the pool that were asked next. */
    asked: z.array(count),
  })).min(1),
});

/**
 * What a notebook's metrics can be computed from again by someone who has the test images and believes nothing else:
 * `reports/<notebook>.evidence.json.gz`.
 */
export const Evidence = z.strictObject({
  notebook: z.string(),
  /** The test images: no labels, which whoever checks has of their own. */
  test: z.strictObject({
    name: z.string(),
    checksum: z.string(),
    classes: z.int().positive(),
    /** The first 8 bytes of the SHA-256 of each image, one after the other, in base64. */
    images: z.base64(),
  }),
  metrics: z.record(z.string(), z.discriminatedUnion("statistic", [predicted, curve, last])),
  runs: z.array(run),
});

/** The content of an {@linkcode Evidence} file. */
export type Evidence = z.infer<typeof Evidence>;

/**
 * Reads an evidence file.
 *
 * @throws {SyntaxError} that names the file and the place, if it is none
 */
export async function readEvidence(path: string): Promise<Evidence> {
  const remedy = "Run the notebook again.";
  let content: unknown;
  try {
    const bytes = gunzipSync(await Deno.readFile(path), { maxOutputLength: 2 ** 28 });
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    throw new SyntaxError(`Cannot read ${path}: it is not gzipped JSON: ${(error as Error).message}. ${remedy}`);
  }
  const parsed = Evidence.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new SyntaxError(`Cannot read ${path}: it is no evidence: ${z.prettifyError(parsed.error)}. ${remedy}`);
}
