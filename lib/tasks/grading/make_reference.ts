import type { ProfileName } from "../../runtime/profile.ts";
import { readReference, type Reference, writeReference } from "./reference.ts";
import type { NotebookRerun } from "./submission_record.ts";

/** What {@linkcode makeReference} is told. */
export interface MakeReferenceOptions {
  readonly profile: ProfileName;
  /** The dataset that the notebooks are run on. */
  readonly dataset: string;
  /** How many, or which; default 20. */
  readonly seeds?: number | readonly number[];
  /** Executes the grader's own notebooks at a seed. */
  readonly runSeed: (seed: number) => Promise<readonly NotebookRerun[]>;
  /** Stops between two seeds, by throwing its reason. */
  readonly signal?: AbortSignal;
  /** Told before each seed: its place from 0, of how many, and whether it is there already. */
  readonly onSeed?: (
    seed: number,
    place: { readonly done: number; readonly of: number; readonly known: boolean },
  ) => void;
}

/**
 * Makes the reference ranges of a profile, or goes on making them: seed by seed, each written into `file` when it is
 * whole, beside the other profiles that are there. Seeds that a submission is likely to use, 0 to 99, are left to it:
 * by default they are 101, 102, …
 *
 * @throws {RangeError} if the file is of another dataset
 * @throws {Error} naming notebook, seed and error, if a notebook of ours does not pass
 */
export async function makeReference(
  file: string,
  { profile, dataset, seeds = 20, runSeed, signal, onSeed }: MakeReferenceOptions,
): Promise<Reference> {
  const wanted = typeof seeds === "number" ? Array.from({ length: seeds }, (_, place) => 101 + place) : seeds;
  let reference = await existing(file) ?? { format: "curio reference 1", dataset, profiles: {} };
  if (reference.dataset !== dataset) {
    throw new RangeError(
      `Cannot make the reference: ${file} must be of ${dataset}: current value is ${reference.dataset}. ` +
        "Name another file, or delete this one.",
    );
  }
  for (const [done, seed] of wanted.entries()) {
    const known = reference.profiles[profile]?.seeds.includes(seed) ?? false;
    onSeed?.(seed, { done, of: wanted.length, known });
    if (known) continue;
    signal?.throwIfAborted();
    const reruns = await runSeed(seed);
    signal?.throwIfAborted();
    reference = withSeed(reference, { profile, seed, reruns });
    await writeReference(file, reference);
  }
  return reference;
}

async function existing(file: string): Promise<Reference | undefined> {
  try {
    return await readReference(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

interface SeedResult {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly reruns: readonly NotebookRerun[];
}

function withSeed(reference: Reference, { profile, seed, reruns }: SeedResult): Reference {
  const before = reference.profiles[profile] ?? { seeds: [], notebooks: {} };
  const notebooks = { ...before.notebooks };
  for (const { notebook, outcome, error, metrics } of reruns) {
    if (outcome === "skipped") continue;
    if (outcome !== "passed" || metrics === null) {
      throw new Error(`Cannot make the reference: ${notebook} must pass at seed ${seed}: ${outcome}: ${error}`);
    }
    const values = { ...notebooks[notebook]?.metrics };
    for (const [metric, { value }] of Object.entries(metrics.metrics)) {
      values[metric] = { ...values[metric], [seed]: value };
    }
    notebooks[notebook] = { metrics: values };
  }
  const profiles = { ...reference.profiles, [profile]: { seeds: [...before.seeds, seed], notebooks } };
  return { ...reference, profiles };
}
