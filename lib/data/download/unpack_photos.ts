import { join } from "node:path";
import { DataFormatError } from "../data_format_error.ts";
import { fileBelow } from "../find_files.ts";
import type { PhotoSet } from "../photo_catalogue.ts";
import { sumOfFile } from "../sum_of_file.ts";
import { withWorkFolder } from "../with_work_folder.ts";
import { unpackAll } from "./unpack_archive.ts";

/** How {@linkcode unpackPhotos} unpacks. */
export interface UnpackPhotosOptions extends Pick<PhotoSet["archive"], "sha256" | "md5" | "inner"> {
  /** The dataset's own folder; made if missing. */
  readonly folder: string;
  /** Whether the archive must be the published one, as far as its sum is known. Default: true. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks an archive of photos into `photos/` of the dataset's folder, whole or not at all.
 *
 * @throws {DataFormatError} if the archive is not the published one, is damaged, or would write outside the folder
 */
export async function unpackPhotos(
  path: string,
  { folder, sha256, md5, inner, verify = true, signal }: UnpackPhotosOptions,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const whole = join(folder, "photos");
  await withWorkFolder(folder, {
    signal,
    async work(aside) {
      if (await isThere(whole)) return; // another process has done it
      for (const [algorithm, sum] of [["sha256", sha256], ["md5", md5]] as const) {
        const value = verify && sum !== undefined ? await sumOfFile(path, algorithm) : sum;
        if (value !== sum) {
          throw new DataFormatError({ file: path, rule: `its ${algorithm} must be ${sum}`, value: value! });
        }
      }
      const unpacked = join(aside, "photos");
      await Deno.mkdir(unpacked);
      await unpackAll(path, { folder: unpacked, signal });
      if (inner === undefined) return await Deno.rename(unpacked, whole);
      const found = await fileBelow(unpacked, inner);
      if (found === undefined) throw new DataFormatError({ file: path, rule: `it must hold ${inner}`, value: "none" });
      const within = join(aside, "within");
      await Deno.mkdir(within);
      await unpackAll(found, { folder: within, signal });
      await Deno.rename(within, whole);
    },
  });
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
