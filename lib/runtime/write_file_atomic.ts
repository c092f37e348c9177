import { basename, dirname, join } from "node:path";

/**
 * Writes a file so that a reader, or a machine that loses power, finds the old content or the new one, never a part:
 * written aside in the same folder, flushed to disk, renamed over the old one. Missing folders are made.
 *
 * @throws {Deno.errors.PermissionDenied} and other file errors, with the old file untouched and nothing left beside it
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  const aside = join(folder, `.${basename(path)}.${Deno.pid}.${crypto.randomUUID().slice(0, 8)}.partial`);
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    using file = await Deno.open(aside, { createNew: true, write: true });
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
    await Deno.rename(aside, path);
  } catch (error) {
    await Deno.remove(aside).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a rename durable; some file systems refuse to open or sync a folder, and then there is nothing to do. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch { /* the content itself is already on disk */ }
}
