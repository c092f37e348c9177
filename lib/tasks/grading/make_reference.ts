import { createHash } from "node:crypto";
import type { ProfileName } from "../../runtime/profile.ts";
import type { NotebookCells } from "./check_cells.ts";
import { readReference, type Reference, type ReferenceProfile, writeReference } from "./reference.ts";
import type { NotebookRerun } from "./submission_record.ts";

/** What {@linkcode makeReference} is told. */
export interface MakeReferenceOptions {
  /** The grader's own notebooks, as many of them as are wanted. */
  readonly notebooks: readonly NotebookCells[];
  readonly profile: ProfileName;
  /** The dataset that the notebooks are run on. */
  readonly dataset: string;
  /** How many, or which; default 20. */
  readonly seeds?: number | readonly number[];
  /** Executes notebooks at a seed. */
  readonly runSeed: (notebooks: readonly NotebookCells[], seed: number) => Promise<readonly NotebookRerun[]>;
  /** Stops between two seeds, by throwing its reason. */
  readonly signal?: AbortSignal;
  /** Told before each seed: its place from 0, of how many, and which notebooks are yet to be executed by it. */
  readonly onSeed?: (
    seed: number,
    place: { readonly done: number; readonly of: number; readonly missing: readonly string[] },
  ) => void;
}

/**
 * Makes the reference ranges of a profile, or goes on making them: seed by seed, each written into `file` when it is
 * whole, beside the other profiles, notebooks and seeds that are there. A notebook whose code has changed begins anew.
 * Seeds that a submission is likely to use, 0 to 99, are left to it: by default they are 101, 102, …
 *
 * @throws {RangeError} if the file is of another dataset
 * @throws {Error} naming notebook, seed and error, if a notebook of ours does not pass
 */
export async function makeReference(
  file: string,
  { notebooks, profile, dataset, seeds = 20, runSeed, signal, onSeed }: MakeReferenceOptions,
): Promise<Reference> {
  const wanted = typeof seeds === "number" ? Array.from({ length: seeds }, (_, place) => 101 + place) : seeds;
  let reference = await existing(file) ?? { format: "curio reference 1", dataset, profiles: {} };
  if (reference.dataset !== dataset) {
    throw new RangeError(
      `Cannot make the reference: ${file} must be of ${dataset}: current value is ${reference.dataset}. ` +
        "Name another file, or delete this one.",
    );
  }
  const known = new Map(notebooks.map((each) => [each.name, knownOf(each, reference.profiles[profile])]));
  for (const [done, seed] of wanted.entries()) {
    const missing = notebooks.filter(({ name }) => !known.get(name)!.seeds.includes(seed));
    onSeed?.(seed, { done, of: wanted.length, missing: missing.map(({ name }) => name) });
    if (missing.length === 0) continue;
    signal?.throwIfAborted();
    const reruns = await runSeed(missing, seed);
    signal?.throwIfAborted();
    for (const rerun of reruns) known.set(rerun.notebook, withSeed(known.get(rerun.notebook)!, { seed, rerun }));
    const all = { ...reference.profiles[profile]?.notebooks, ...Object.fromEntries(known) };
    reference = { ...reference, profiles: { ...reference.profiles, [profile]: { notebooks: all } } };
    await writeReference(file, reference);
  }
  return reference;
}

type Known = ReferenceProfile["notebooks"][string];

/** What is known of a notebook as it is now. */
function knownOf({ name, cells }: NotebookCells, profile: ReferenceProfile | undefined): Known {
  const code = createHash("sha256").update(JSON.stringify(cells)).digest("hex");
  const known = profile?.notebooks[name];
  return known?.code === code ? known : { code, seeds: [], metrics: {} };
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
  readonly seed: number;
  readonly rerun: NotebookRerun;
}

function withSeed(known: Known, { seed, rerun: { notebook, outcome, error, metrics: file } }: SeedResult): Known {
  const seeds = [...known.seeds, seed];
  if (outcome === "skipped") return { ...known, seeds };
  if (outcome !== "passed" || file === null) {
    throw new Error(`Cannot make the reference: ${notebook} must pass at seed ${seed}: ${outcome}: ${error}`);
  }
  const metrics = { ...known.metrics };
  for (const [metric, { value }] of Object.entries(file.metrics)) {
    metrics[metric] = { ...metrics[metric], [seed]: value };
  }
  return { ...known, seeds, metrics };
}
