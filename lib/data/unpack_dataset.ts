import { join } from "node:path";
import { catalogue, type CatalogueEntry } from "./catalogue.ts";
import { recordContentSums } from "./content_sums.ts";
import { DataFormatError } from "./data_format_error.ts";
import { filesIn } from "./locate_files.ts";
import { sha256OfFile } from "./sha256_of_file.ts";
import { unpackArchive, type WantedMember } from "./unpack_archive.ts";

/** How {@linkcode unpackDataset} unpacks. */
export interface UnpackDatasetOptions {
  readonly archive: string;
  /** The dataset's own folder; made if missing. */
  readonly folder: string;
  /** Whether the archive must be the published one, to the bit. Default: true. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a dataset's archive into its folder, all files or none, with the sums of their contents beside them.
 *
 * @throws {DataFormatError} if the archive is not the one that the catalogue describes
 */
export async function unpackDataset(
  entry: CatalogueEntry,
  { archive, folder, verify = true, signal }: UnpackDatasetOptions,
): Promise<void> {
  const [source] = entry.sources;
  const sum = await sha256OfFile(archive);
  if (verify && sum !== source.sha256) {
    throw new DataFormatError({ file: archive, rule: `its SHA-256 must be ${source.sha256}`, value: sum });
  }
  await Deno.mkdir(folder, { recursive: true });
  const aside = await Deno.makeTempDir({ dir: folder, prefix: ".unpacking-" });
  try {
    // Whatever else the catalogue knows of this archive comes out too, so that it is not fetched twice.
    const family = [entry, ...catalogue.filter(({ sources }) => sources[0].sha256 === source.sha256)];
    await unpackArchive(archive, { members: family.flatMap(membersOf), folder: aside, signal });
    await requireComplete(entry, { archive, folder: aside });
    for (const relative of family) await recordContentSums(relative, { folder, from: aside });
    for await (const { name } of Deno.readDir(aside)) await Deno.rename(join(aside, name), join(folder, name));
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}

/** The files to take out of an archive: as they are, or gzipped once more. */
function membersOf({ files, format }: CatalogueEntry): WantedMember[] {
  // What cannot be compressed grows a little by gzip.
  const members = files.flatMap(({ name, bytes }) => [
    { name, limit: bytes },
    { name: `${name}.gz`, limit: bytes + bytes / 1000 + 1024 },
  ]);
  return format.kind === "cifar" ? [...members, { name: format.namesFile, limit: 65_536 }] : members;
}

async function requireComplete(
  entry: CatalogueEntry,
  { archive, folder }: { archive: string; folder: string },
): Promise<void> {
  const found = await filesIn(folder, entry);
  const missing = entry.files.find(({ name }) => !found.has(name));
  if (missing) {
    throw new DataFormatError({
      file: archive,
      rule: `it must hold ${missing.name}`,
      value: `${found.size} of the ${entry.files.length} files of ${entry.name}`,
    });
  }
}
