import { extname, join } from "node:path";
import { sniffedBytes, sniffFormat } from "./sniff_format.ts";

/** Whoever names a file so means a photo; whether it is one, its content says. */
const extensions = new Set(
  [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".tif", ".tiff", ".avif", ".heic", ".bmp"],
);

/**
 * The photos in a folder and its subfolders, in the order of their paths: all files that are named like images, and those
 * that begin like one whatever they are called. Hidden files and folders are passed over.
 */
export async function listPhotos(folder: string): Promise<string[]> {
  const photos: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    if (isDirectory) photos.push(...await listPhotos(path));
    else if (extensions.has(extname(name).toLowerCase()) || await beginsLikePhoto(path)) photos.push(path);
  }
  return photos.sort(byCodeUnits);
}

/** The order of Python's `sorted` for all names but the rarest, on every machine the same. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function beginsLikePhoto(path: string): Promise<boolean> {
  try {
    // Opening a pipe would wait for ever.
    if (!(await Deno.stat(path)).isFile) return false;
    using file = await Deno.open(path);
    const start = new Uint8Array(sniffedBytes);
    return "format" in sniffFormat(start.subarray(0, await file.read(start) ?? 0));
  } catch {
    return false; // nobody said that it was a photo
  }
}
