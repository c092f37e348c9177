import { z } from "zod";
import { momentsOf, studentT } from "../../report/statistics/student_t.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";

/** What one notebook gave. */
const notebook = z.strictObject({
  /** The SHA-256 of its cells with code: what another notebook gave is no reference for this one. */
  code: z.string(),
  seeds: z.array(z.int()),
  /** By metric and seed. */
  metrics: z.record(z.string(), z.record(z.string(), z.number())),
});

/**
 * What the grader's own notebooks gave, by profile and notebook: made by `deno task grade --reference`, seed by seed.
 */
export const Reference = z.strictObject({
  format: z.literal("curio reference 1"),
  dataset: z.string(),
  profiles: z.partialRecord(
    z.enum(["smoke", "quick", "full"]),
    z.strictObject({ notebooks: z.record(z.string(), notebook) }),
  ),
});

/** The content of a {@linkcode Reference} file. */
export type Reference = z.infer<typeof Reference>;
/** What is known of one profile. */
export type ReferenceProfile = NonNullable<Reference["profiles"]["smoke"]>;

/** Where a metric lies from seed to seed. */
export interface ReferenceRange {
  readonly seeds: number;
  readonly mean: number;
  /** Standard deviation over seeds. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** In which one more honest run lies, from another seed or on another machine. */
  readonly low: number;
  readonly high: number;
  /** How far two honest runs may lie apart. */
  readonly apart: number;
}

/** An honest run is taken for another with at most this probability, whatever number of metrics its notebook has. */
const falseAlarms = 0.01;

/** A range is never narrower than this to either side: 20 seeds may agree by chance. */
const leastWidth = 0.002;

/**
 * The range of a metric from its values at n seeds: the normal prediction interval for one further run,
 * mean ± t₍n−1, 1−α/2m₎ · s · √(1 + 1/n), where Bonferroni's m is the number of metrics of the notebook and α = 0.01, so
 * that of a hundred honest notebooks one has a metric outside. Two runs are apart by at most
 * t₍n−1, 1−α/2m₎ · s · √2. Hahn (1969), Factors for calculating two-sided prediction intervals for samples from a normal
 * distribution, JASA 64, 878–888.
 *
 * @throws {RangeError} if there are fewer than three values
 *
 * @example
 * ```ts
 * import { referenceRange } from "./reference.ts";
 * import assert from "node:assert/strict";
 *
 * const { low, high } = referenceRange([0.8, 0.82, 0.84], { metrics: 1 });
 * // t(2 degrees of freedom, 0.995) = 9.925
 * assert.ok(Math.abs(high - (0.82 + 9.925 * 0.02 * Math.sqrt(4 / 3))) < 1e-4);
 * ```
 */
export function referenceRange(
  values: readonly number[],
  { metrics }: { readonly metrics: number },
): ReferenceRange {
  const seeds = values.length;
  if (seeds < 3) {
    throw new RangeError(
      `Cannot make a reference range: it takes at least 3 seeds: current value is ${seeds}. ` +
        "Run deno task grade --reference to its end.",
    );
  }
  const { mean, deviation } = momentsOf(values);
  const factor = studentT(1 - falseAlarms / (2 * metrics), seeds - 1) * deviation;
  const width = Math.max(leastWidth, factor * Math.sqrt(1 + 1 / seeds));
  return {
    ...{ seeds, mean, deviation, min: Math.min(...values), max: Math.max(...values) },
    ...{ low: mean - width, high: mean + width, apart: Math.max(leastWidth, factor * Math.SQRT2) },
  };
}

/** The ranges of a notebook's metrics; none where the reference does not know it, or has too few seeds of it. */
export function rangesOf(known: ReferenceProfile | undefined, name: string): ReadonlyMap<string, ReferenceRange> {
  const metrics = Object.entries(known?.notebooks[name]?.metrics ?? {})
    .map(([metric, bySeed]) => [metric, Object.values(bySeed)] as const)
    .filter(([, values]) => values.length >= 3);
  return new Map(metrics.map(([metric, values]) => [metric, referenceRange(values, { metrics: metrics.length })]));
}

/**
 * Reads a reference file.
 *
 * @throws {SyntaxError} that names the file and the place, if it is none
 */
export async function readReference(file: string): Promise<Reference> {
  const text = await Deno.readTextFile(file);
  const remedy = "Make it again with deno task grade --reference.";
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${file}: it is not JSON: ${(error as Error).message}. ${remedy}`);
  }
  const parsed = Reference.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new SyntaxError(`Cannot read ${file}: it is no reference: ${z.prettifyError(parsed.error)}. ${remedy}`);
}

/** Writes a reference file. */
export async function writeReference(file: string, reference: Reference): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(Reference.parse(reference), null, 1)}\n`);
}
