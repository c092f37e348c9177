import { createHash } from "node:crypto";
import { join } from "node:path";
import sharp from "sharp";
import type { ProgressListener } from "../../runtime/progress.ts";
import { cacheFolder, cacheLimit } from "../cache_folder.ts";
import { checkIndices } from "../check_indices.ts";
import type { ImageSource } from "../dataset.ts";
import { lockFile } from "../lock_file.ts";
import { trimCache } from "../trim_cache.ts";
import { listPhotos } from "./list_photos.ts";
import { photoSquare, resizePlan } from "./photo_square.ts";
import { photoSums } from "./photo_sums.ts";
import { readPhoto, reasonOf, refuseUnreadable, type UnreadablePhoto } from "./read_photo.ts";
import type { ResizeOptions } from "./resize_options.ts";
import { resizePhotos, task } from "./resize_photos.ts";
import { openSquareStore, readSquares } from "./square_store.ts";

/** How {@linkcode loadPhotos} reads. */
export interface LoadPhotosOptions {
  /** What becomes of each photo; a network's `preprocessing` will do. Default: 224 pixels, bilinear. */
  readonly preprocessing?: ResizeOptions;
  /** What to do about files that are no photos, damaged or too large: list and leave them out, or throw. Default: skip. */
  readonly onUnreadable?: "skip" | "throw";
  /** The folder where resized photos are kept, or `false` to keep none. Default: `data/caches/photos`. */
  readonly cache?: string | false;
  /** Stops before the next block of photos by throwing the signal's reason; what is done stays in the cache. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Photos that are read and resized as they are asked for. */
export interface Photos {
  /** `[crop, crop, 3]` each. */
  readonly images: ImageSource;
  /** The file of each image. */
  readonly files: readonly string[];
  /** What was left out, in the order in which it was asked for. */
  readonly unreadable: readonly UnreadablePhoto[];
  /** Of each image, the SHA-256 of its file. */
  readonly sums: readonly string[];
  /** SHA-256 over what was asked for and all `sums`. */
  readonly checksum: string;
}

/** Changes with what is done to photos, so that what an earlier version made is not taken for it. */
const version = 1;

/**
 * Reads photos of any size and format as squares of one size, without labels: a folder with all that is in it, or a list
 * of files.
 *
 * Every photo is decoded once, and its square kept on disk (`crop²·3` bytes), found again by the photo's content and
 * what was done to it. Building the cache may be killed at any moment and goes on from there; processes that build the
 * same one wait for each other. All squares together take `CURIO_CACHE_GB` at most (20 by default): those used longest
 * ago go first. Photos that would not fit in there are decoded whenever they are read.
 *
 * @throws {DataFormatError} if a photo cannot be read and `onUnreadable` is `"throw"`
 * @throws {RangeError} if nothing is there to be read, or `preprocessing` cannot be
 *
 * @example
 * ```ts
 * import { loadPhotos } from "curio";
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * const pixel = "R0lGODlhAQABAPAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="; // a red GIF
 * Deno.writeFileSync(`${folder}/red.jpg`, Uint8Array.fromBase64(pixel));
 * Deno.writeTextFileSync(`${folder}/page.jpg`, "<html>");
 * const { images, files, unreadable } = await loadPhotos(folder, { preprocessing: { crop: 2 }, cache: false });
 * assert.deepEqual(files, [`${folder}/red.jpg`]);
 * assert.deepEqual([...await images.read([0])], [255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0]);
 * assert.match(unreadable[0].reason, /an HTML page/);
 * ```
 */
export async function loadPhotos(
  photos: string | readonly string[],
  {
    preprocessing,
    onUnreadable = "skip",
    cache = cacheFolder("photos"),
    signal,
    onProgress = () => {},
  }: LoadPhotosOptions = {},
): Promise<Photos> {
  const plan = resizePlan(preprocessing);
  const began = Date.now();
  const listed = typeof photos === "string" ? await listPhotos(photos) : [...photos];
  const memory = cache === false ? undefined : join(cache, "sums");
  const { sums, unreadable: unsummed } = await photoSums(listed, { memory, signal });
  const square = (path: string) => readPhoto(path, (photo) => photoSquare(photo, plan));
  const shape = { height: plan.crop, width: plan.crop, channels: 3 };
  const bytesEach = plan.crop * plan.crop * 3;

  const fits = new Set(sums.values()).size * bytesEach <= cacheLimit();
  if (cache !== false && !fits) {
    onProgress({
      kind: "note",
      task,
      text: "too many photos for the cache (CURIO_CACHE_GB): each is decoded when read",
    });
  }
  const name = `${plan.crop}-${plan.resize}-${plan.interpolation}-v${version}-sharp${sharp.versions.sharp}`;
  const folder = cache === false || !fits ? undefined : join(cache, name);
  let store = folder === undefined ? undefined : await openSquareStore(folder, bytesEach);
  const missing = () =>
    new Map(listed.flatMap((file) => {
      const sum = sums.get(file);
      return sum === undefined || store?.find(sum) ? [] : [[sum, file] as const];
    }));
  let faults: ReadonlyMap<string, string> = new Map();
  if (missing().size > 0) {
    const key = createHash("sha256").update([...sums.values()].join()).digest("hex").slice(0, 16);
    const lockPath = join(folder ?? "", `.${key}.lock`);
    const onWait = () => onProgress({ kind: "note", task, text: "another process is resizing these photos; waiting" });
    using _lock = folder === undefined ? undefined : await lockFile(lockPath, { signal, onWait });
    // What another process has made in the meantime is not made again.
    if (folder !== undefined) store = await openSquareStore(folder, bytesEach);
    faults = await resizePhotos(missing(), { square, store, bytesEach, signal, onProgress });
    if (folder !== undefined) await Deno.remove(lockPath).catch(() => {}); // a stray lock file does no harm
  }
  const files = listed.filter((file) => sums.has(file) && !faults.has(sums.get(file)!));
  const unread = new Map(unsummed.map(({ file, reason }) => [file, reason]));
  const unreadable = listed.flatMap((file) => {
    const reason = unread.get(file) ?? faults.get(sums.get(file)!);
    return reason === undefined ? [] : [{ file, reason }];
  });
  if (onUnreadable === "throw") refuseUnreadable(unreadable);
  const kept = files.map((file) => sums.get(file)!);
  if (store && cache !== false) {
    await store.touch(kept);
    const bytes = await trimCache(cache, { limit: cacheLimit(), usedSince: began });
    const gigabytes = (size: number) => (size / 1e9).toFixed(1);
    const text = `${cache} holds ${gigabytes(bytes)} GB of resized photos, at most ${gigabytes(cacheLimit())} GB`;
    onProgress({ kind: "note", task, text });
  }
  return {
    images: { count: files.length, shape, preprocessing: plan, read },
    files,
    unreadable,
    sums: kept,
    checksum: createHash("sha256").update(`${name}\n${kept.join("\n")}`).digest("hex"),
  };

  async function read(indices: ArrayLike<number>): Promise<Uint8Array> {
    checkIndices(indices, files.length);
    const into = new Uint8Array(indices.length * bytesEach);
    const wanted = Array.from(indices, (index, place) => ({ index, to: place * bytesEach }));
    const inStore = wanted.flatMap((one) => {
      const place = store?.find(kept[one.index]);
      return place ? [{ ...one, ...place }] : [];
    });
    const gone = store ? await readSquares(inStore, { into, bytesEach }) : wanted;
    await Promise.all(gone.map(async ({ index, to }) => {
      const file = files[index];
      try {
        into.set(await square(file), to);
      } catch (error) {
        refuseUnreadable([{ file, reason: reasonOf(error) }]);
      }
    }));
    return into;
  }
}
