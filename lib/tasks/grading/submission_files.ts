import { basename, dirname, extname, join, resolve } from "node:path";
import { DataFormatError } from "../../data/data_format_error.ts";
import { isPlainFile } from "../../data/find_files.ts";
import { unpackAll } from "../../data/download/unpack_archive.ts";

/** Something that was handed in. */
export interface SubmissionPath {
  /** The name of the folder or the archive. */
  readonly name: string;
  readonly path: string;
}

/** It is no submission, or one that would take too much to look at; the message says why. */
export class SubmissionError extends Error {
  override name = "SubmissionError";
}

const archiveEnding = /\.(zip|tar|tar\.gz|tgz)$/;
const mostBytes = 1e9;
const mostFiles = 20_000;
/** A notebook or a report beyond this is none that anyone could read. */
export const largestFile = 64e6;

/**
 * The submissions meant by paths: archives, project folders, and folders that hold such, in order of their names.
 *
 * @throws {SubmissionError} if a path is none of these
 */
export async function findSubmissions(paths: readonly string[]): Promise<SubmissionPath[]> {
  const found: SubmissionPath[] = [];
  for (const path of paths) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info?.isFile && isArchive(path)) found.push({ name: nameOf(path), path });
    else if (info?.isDirectory && await notebooksOf(path, deepest) !== undefined) {
      found.push({ name: nameOf(path), path });
    } else if (info?.isDirectory) {
      const entries = (await Array.fromAsync(Deno.readDir(path))).filter(({ name }) => !name.startsWith("."));
      const inside = entries.filter(({ name, isFile, isDirectory }) => isDirectory || isFile && isArchive(name))
        .map(({ name }) => ({ name: nameOf(name), path: join(path, name) }));
      found.push(...inside.sort((one, other) => one.name < other.name ? -1 : 1));
    } else {
      throw new SubmissionError(
        `Cannot grade ${path}: a submission is a folder or a .zip or .tar.gz archive: ` +
          `current value is ${info === undefined ? "nothing" : "neither"}. Name one, or a folder of them.`,
      );
    }
  }
  return distinct(found);
}

/** What is copied out of a submission. */
export interface CollectFilesOptions {
  /** An empty folder, for the copy. */
  readonly work: string;
  /** Whether its own `lib/` is wanted too. */
  readonly withLibrary: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Copies the files of a submission, out of its archive where it is one: plain files alone, within bounds.
 *
 * @returns a folder with `notebooks/`, `reports/` and perhaps `lib/`
 * @throws {SubmissionError} if it holds no notebooks, is damaged, or too large
 */
export async function collectFiles(
  { name, path }: SubmissionPath,
  { work, withLibrary, signal }: CollectFilesOptions,
): Promise<string> {
  let source = path;
  if ((await Deno.stat(path)).isFile) {
    source = join(work, "unpacked");
    await Deno.mkdir(source);
    await unpackAll(path, { folder: source, limit: mostBytes, mostFiles, signal }).catch((error) => {
      throw error instanceof DataFormatError ? new SubmissionError(error.message, { cause: error }) : error;
    });
  }
  const notebooks = await notebooksOf(source);
  if (notebooks === undefined) {
    throw new SubmissionError(
      `Cannot grade ${name}: a submission must hold notebooks (.ipynb), in notebooks/: current value is none.`,
    );
  }
  const folder = join(work, "files");
  const root = basename(notebooks) === "notebooks" ? dirname(notebooks) : notebooks;
  const room = { bytes: mostBytes, files: mostFiles };
  await copyPlain(notebooks, join(folder, "notebooks"), room);
  await copyPlain(join(root, "reports"), join(folder, "reports"), room);
  if (withLibrary) await copyPlain(join(root, "lib"), join(folder, "lib"), room);
  if (withLibrary && !await isPlainFile(join(folder, "lib", "mod.ts"))) {
    throw new SubmissionError(`Cannot grade ${name} against its own library: there must be lib/mod.ts: there is none.`);
  }
  return folder;
}

/** Of folders that hold nothing but a folder, so many are looked through. */
const deepest = 3;

/** The folder of a submission's notebooks: `notebooks/` in it, or itself, or in the only folder that it holds. */
async function notebooksOf(folder: string, depth: number = 0): Promise<string | undefined> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX");
  if (entries.some(({ name, isDirectory }) => isDirectory && name === "notebooks")) return join(folder, "notebooks");
  if (entries.some(({ name, isFile }) => isFile && extname(name) === ".ipynb")) return folder;
  const [only] = entries;
  return entries.length === 1 && only.isDirectory && depth < deepest
    ? notebooksOf(join(folder, only.name), depth + 1)
    : undefined;
}

interface Room {
  bytes: number;
  files: number;
}

async function copyPlain(from: string, to: string, room: Room): Promise<void> {
  const info = await Deno.lstat(from).catch(() => undefined);
  if (info?.isDirectory) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name } of Deno.readDir(from)) {
      // Environments and checkpoints are no part of it, whoever packed them.
      if (!name.startsWith(".") && name !== "node_modules") await copyPlain(join(from, name), join(to, name), room);
    }
  } else if (info?.isFile) {
    room.bytes -= info.size;
    room.files--;
    if (room.bytes < 0 || room.files < 0 || info.size > largestFile) {
      throw new SubmissionError(
        `Cannot grade this: a submission has at most ${mostFiles} files of ${mostBytes / 1e9} GB together and ` +
          `${largestFile / 1e6} MB each: current value is more, at ${JSON.stringify(basename(from))}. Hand in no data.`,
      );
    }
    await Deno.copyFile(from, to);
    await Deno.chmod(to, 0o644); // whatever it was, it can be read and replaced
  }
}

/** Two submissions of one name are told apart by a number. */
function distinct(submissions: readonly SubmissionPath[]): SubmissionPath[] {
  const times = new Map<string, number>();
  return submissions.map(({ name, path }) => {
    const count = (times.get(name) ?? 0) + 1;
    times.set(name, count);
    return { name: count === 1 ? name : `${name} (${count})`, path };
  });
}

function isArchive(path: string): boolean {
  return archiveEnding.test(path);
}

function nameOf(path: string): string {
  return basename(resolve(path)).replace(archiveEnding, "");
}
