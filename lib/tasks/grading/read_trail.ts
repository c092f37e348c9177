import { join } from "node:path";
import { AuditEntry, watchFile } from "../../runtime/audit_trail.ts";
import { packHashes, unpackHashes } from "../../runtime/hash64.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { predictionDigest } from "./recompute_metrics.ts";
import type { TestImages } from "./test_images.ts";
import type { TrailSummary } from "./trail_summary.ts";

/**
 * Makes a folder ready for the trail of one notebook: `CURIO_AUDIT` is to name it, and the notebook's processes must be
 * able to write in it.
 */
export async function prepareTrail(folder: string, { labels }: TestImages): Promise<void> {
  await writeFileAtomic(join(folder, watchFile), packHashes(BigUint64Array.from(labels.keys())));
}

/**
 * Reads the trail that a notebook's processes left in a folder, and holds it against the test images. A line that a kill
 * cut short is left out; any other that is damaged, and any that is missing, is a fault.
 *
 * @throws {Deno.errors.NotFound} if the folder is gone
 */
export async function readTrail(folder: string, testImages: TestImages): Promise<TrailSummary> {
  const parts: TrailSummary[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".jsonl")) continue;
    parts.push(partOf(await Deno.readTextFile(join(folder, name)), testImages));
  }
  // Files have random names: by content, so that the same trail gives the same summary.
  const sorted = parts.map((part) => ({ part, key: JSON.stringify(part) }))
    .sort((one, other) => one.key < other.key ? -1 : Number(one.key > other.key)).map(({ part }) => part);
  return {
    faults: sorted.flatMap(({ faults }) => faults),
    fits: sorted.flatMap(({ fits }) => fits),
    pools: sorted.flatMap(({ pools }) => pools),
    predictions: sorted.flatMap(({ predictions }) => predictions),
    runs: sorted.flatMap(({ runs }) => runs),
  };
}

function partOf(text: string, { labels, alsoTraining }: TestImages): TrailSummary {
  const part: TrailSummary = { faults: [], fits: [], pools: [], predictions: [], runs: [] };
  const lines = text.split("\n").slice(0, -1); // what follows the last line's end was cut short
  const images = new Map<string, BigUint64Array>();
  const runs = new Map<string, TrailSummary["runs"][0]>();
  const fitsBefore: number[] = [];
  const share = ({ count, watched }: { readonly count: number; readonly watched: string }) => ({
    images: count,
    test: unpackHashes(watched).filter((hash) => labels.has(hash) && !alsoTraining.has(hash)).length,
  });
  for (const [n, line] of lines.entries()) {
    const entry = entryOf(line);
    if (entry?.n !== n) {
      part.faults.push(`Line ${n + 1} of the trail that the library keeps is ${entry ? "out of order" : "damaged"}.`);
      break;
    }
    switch (entry.kind) {
      case "learnt":
        part.fits.push({
          learntFrom: share(entry.from),
          stoppedBy: entry.stoppedBy && share(entry.stoppedBy),
          random: entry.random,
        });
        break;
      case "images":
        images.set(entry.digest, unpackHashes(entry.hashes));
        break;
      case "predicted": {
        const asked = images.get(entry.images);
        if (asked?.length !== entry.classes.length || !asked.every((hash) => labels.has(hash))) {
          part.faults.push(`Line ${n + 1} of the trail that the library keeps is about other images than are watched.`);
          break;
        }
        const right = entry.classes.filter((each, place) => labels.get(asked[place]) === each).length;
        fitsBefore.push(part.fits.length);
        part.predictions.push({
          learntFrom: entry.learntFrom && share(entry.learntFrom),
          images: asked.length,
          accuracy: right / asked.length,
          digest: predictionDigest(asked, entry.classes),
          fitsAfter: 0,
        });
        break;
      }
      case "run": {
        const { run, strategy, random, pool, digest, initial } = entry;
        part.pools.push(share(pool));
        runs.set(run, { strategy, random, pool: digest, initial, rounds: [] });
        break;
      }
      case "round": {
        const { labels, validationLabels, abstained, asked } = entry;
        runs.get(entry.run)?.rounds.push({ labels, validationLabels, abstained, asked });
        break;
      }
    }
  }
  const predictions = part.predictions.map((each, place) => ({
    ...each,
    fitsAfter: part.fits.length - fitsBefore[place],
  }));
  return { ...part, predictions, runs: [...runs.values()] };
}

function entryOf(line: string): AuditEntry | undefined {
  try {
    return AuditEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
