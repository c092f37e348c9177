import { join } from "node:path";

/** Whether there is a plain file at a path, which may lead through links. */
export async function isPlainFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

/** The first file of a name in a folder or its subfolders, if there is one. */
export async function fileBelow(folder: string, name: string): Promise<string | undefined> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile && entry.name === name) return path;
    const deeper = entry.isDirectory ? await fileBelow(path, name) : undefined;
    if (deeper !== undefined) return deeper;
  }
}
