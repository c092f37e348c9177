import type { ProgressListener } from "../../runtime/progress.ts";
import { reasonOf } from "./read_photo.ts";
import type { SquareStore } from "./square_store.ts";

/** What {@linkcode resizePhotos} makes, and where it puts it. */
export interface ResizePhotosOptions {
  /** Makes the square of the photo in a file. */
  readonly square: (file: string) => Promise<Uint8Array>;
  readonly bytesEach: number;
  /** Without one, photos are only tried. */
  readonly store?: SquareStore;
  readonly signal?: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** What progress events call it. */
export const task = "photos";

/** Of one block of the store, about: what a kill can cost, and what is held in memory. */
const blockBytes = 2 ** 24;

/**
 * Adds the squares of photos to a store, block by block.
 *
 * @param photos files by the SHA-256 of their content
 * @returns of those photos that cannot be read, the reason, by their sum
 */
export async function resizePhotos(
  photos: ReadonlyMap<string, string>,
  { square, bytesEach, store, signal, onProgress }: ResizePhotosOptions,
): Promise<Map<string, string>> {
  const faults = new Map<string, string>();
  const all = [...photos];
  const perBlock = Math.max(1, Math.floor(blockBytes / bytesEach));
  const started = performance.now();
  let outcome: "done" | "stopped" | "failed" = "failed";
  onProgress({ kind: "begin", task, total: all.length, unit: "photos" });
  try {
    for (let start = 0; start < all.length; start += perBlock) {
      const block = all.slice(start, start + perBlock);
      const pixels = new Uint8Array(block.length * bytesEach);
      const made = await Promise.all(block.map(async ([sum, file], place) => {
        try {
          pixels.set(await square(file), place * bytesEach);
          return true;
        } catch (error) {
          faults.set(sum, reasonOf(error));
          return false;
        }
      }));
      if (signal?.aborted) outcome = "stopped";
      signal?.throwIfAborted();
      await store?.add(block.map(([sum]) => sum).filter((_, place) => made[place]), packed(pixels, made));
      onProgress({ kind: "advance", task, done: start + block.length, total: all.length });
    }
    outcome = "done";
    return faults;
  } finally {
    onProgress({ kind: "finish", task, outcome, seconds: (performance.now() - started) / 1000 });
  }
}

/** The rows that are to be kept, moved together. */
function packed(rows: Uint8Array, kept: readonly boolean[]): Uint8Array {
  const length = rows.length / kept.length;
  let to = 0;
  kept.forEach((isKept, place) => {
    if (isKept) rows.copyWithin(length * to++, length * place, length * (place + 1));
  });
  return rows.subarray(0, length * to);
}
