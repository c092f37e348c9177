import { join } from "node:path";
import { ignoreNotFound } from "./ignore_not_found.ts";
import { lockFile } from "./lock_file.ts";

/** What {@linkcode withWorkFolder} does in it. */
export interface WithWorkFolderOptions<T> {
  readonly signal?: AbortSignal;
  /** Gets an empty folder, on the same file system. */
  readonly work: (folder: string) => Promise<T>;
}

/**
 * Works in a folder inside `parent` that is gone afterwards, one process at a time. Its name is always the same, so that
 * what a killed process left in it is found and removed by the next.
 */
export async function withWorkFolder<T>(parent: string, { signal, work }: WithWorkFolderOptions<T>): Promise<T> {
  const folder = join(parent, ".work");
  const lockPath = `${folder}.lock`;
  using _lock = await lockFile(lockPath, { signal });
  try {
    await Deno.remove(folder, { recursive: true }).catch(ignoreNotFound);
    await Deno.mkdir(folder);
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(ignoreNotFound);
    await Deno.remove(lockPath);
  }
}
