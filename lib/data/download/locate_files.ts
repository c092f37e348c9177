import { join } from "node:path";
import type { CatalogueEntry } from "../catalogue.ts";
import { isPlainFile } from "../find_files.ts";

/** Where the files of a dataset lie, by the publisher's name. */
export type FilePaths = ReadonlyMap<string, string>;

/**
 * Looks through data folders for all the files of a dataset, plain or gzipped, in one of the entry's usual folders. The
 * first that has them all wins.
 */
export async function locateFiles(
  { folders, files }: Pick<CatalogueEntry, "folders" | "files">,
  dataFolders: readonly string[],
): Promise<FilePaths | undefined> {
  for (const folder of dataFolders.flatMap((root) => folders.map((usual) => join(root, usual)))) {
    const found = await filesIn(folder, files);
    if (found.size === files.length) return found;
  }
}

/** A folder that has some of a dataset's files, and the names of those that it lacks. */
export interface IncompleteFolder {
  readonly folder: string;
  readonly missing: readonly string[];
}

/** The folders that have some of the files of a dataset, but not all. */
export async function incompleteFolders(
  { folders, files }: Pick<CatalogueEntry, "folders" | "files">,
  dataFolders: readonly string[],
): Promise<IncompleteFolder[]> {
  const incomplete: IncompleteFolder[] = [];
  for (const folder of dataFolders.flatMap((root) => folders.map((usual) => join(root, usual)))) {
    const found = await filesIn(folder, files);
    const missing = files.map(({ name }) => name).filter((name) => !found.has(name));
    if (found.size > 0 && missing.length > 0) incomplete.push({ folder, missing });
  }
  return incomplete;
}

/** Those of the files that a folder has. */
export async function filesIn(folder: string, files: CatalogueEntry["files"]): Promise<FilePaths> {
  const present = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(folder)) present.add(name);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
    if (!absent) throw error;
  }
  return new Map(
    files.flatMap(({ name }) => {
      const stored = [name, `${name}.gz`].find((candidate) => present.has(candidate));
      return stored === undefined ? [] : [[name, join(folder, stored)] as const];
    }),
  );
}

/** Looks for the archive of a dataset, as it was published, in data folders and in the entry's usual folders there. */
export async function locateArchive(
  { folders, sources }: Pick<CatalogueEntry, "folders" | "sources">,
  dataFolders: readonly string[],
): Promise<string | undefined> {
  for (const { name } of sources.filter(({ name }) => isArchive(name))) {
    for (const folder of dataFolders.flatMap((root) => [root, ...folders.map((usual) => join(root, usual))])) {
      const path = join(folder, name);
      if (await isPlainFile(path)) return path;
    }
  }
}

/** Whether a source, by its name, holds several files. */
export function isArchive(name: string): boolean {
  return name.endsWith(".tar.gz") || name.endsWith(".zip");
}
