import { join } from "node:path";
import { ignoreNotFound } from "./ignore_not_found.ts";

/** How far {@linkcode trimCache} goes. */
export interface TrimCacheOptions {
  /** Bytes that may stay. */
  readonly limit: number;
  /** Files that changed, or were touched, at this time or later stay in any case; milliseconds since 1970. */
  readonly usedSince: number;
}

/**
 * Deletes the files of a cache that were used longest ago, by the time of their last change, until what is left is
 * within its limit.
 *
 * @returns the bytes that are left
 */
export async function trimCache(folder: string, { limit, usedSince }: TrimCacheOptions): Promise<number> {
  const files = (await filesBelow(folder)).sort((a, b) => a.used - b.used);
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size, used } of files) {
    if (total <= limit || used >= usedSince) break;
    await Deno.remove(path).catch(ignoreNotFound); // another process may trim as well
    total -= size;
  }
  return total;
}

interface CachedFile {
  readonly path: string;
  readonly size: number;
  readonly used: number;
}

async function filesBelow(folder: string): Promise<CachedFile[]> {
  const files: CachedFile[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) files.push(...await filesBelow(path));
      else {
        const info = await Deno.lstat(path).catch(ignoreNotFound);
        if (info) files.push({ path, size: info.size, used: info.mtime?.getTime() ?? 0 });
      }
    }
  } catch (error) {
    ignoreNotFound(error);
  }
  return files;
}
