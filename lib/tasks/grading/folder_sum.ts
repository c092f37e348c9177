import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { sumOfFile } from "../../data/sum_of_file.ts";

/**
 * The SHA-256 over the names and contents of the files in folders or of single files. Links and what programs put beside
 * files (hidden folders, Python's caches) are left out.
 */
export async function folderSum(...paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const [place, path] of paths.entries()) {
    for (const file of (await plainFilesBelow(path)).sort()) {
      hash.update(JSON.stringify([place, relative(path, file), await sumOfFile(file)]));
    }
  }
  return hash.digest("hex");
}

async function plainFilesBelow(path: string): Promise<string[]> {
  const { isFile, isDirectory } = await Deno.lstat(path);
  if (!isDirectory) return isFile ? [path] : [];
  const entries = (await Array.fromAsync(Deno.readDir(path)))
    .filter(({ name }) => !name.startsWith(".") && name !== "__pycache__" && name !== "node_modules");
  return (await Promise.all(entries.map(({ name }) => plainFilesBelow(join(path, name))))).flat();
}
