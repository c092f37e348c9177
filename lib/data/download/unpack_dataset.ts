import { join } from "node:path";
import { catalogue, type CatalogueEntry } from "../catalogue.ts";
import { recordContentSums } from "./content_sums.ts";
import { DataFormatError } from "../data_format_error.ts";
import { filesIn } from "./locate_files.ts";
import { sumOfFile } from "../sum_of_file.ts";
import { unpackArchive, type WantedMember } from "./unpack_archive.ts";
import { withWorkFolder } from "../with_work_folder.ts";

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
 * Unpacks a dataset's archive into its folder, with the sums of their contents beside them.
 *
 * @throws {DataFormatError} if the archive is not the one that the catalogue describes
 */
export async function unpackDataset(
  entry: CatalogueEntry,
  { archive, folder, verify = true, signal }: UnpackDatasetOptions,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await withWorkFolder(folder, {
    signal,
    async work(aside) {
      if (await isComplete(entry, folder)) return; // another process has done it
      const [{ sha256 }] = entry.sources;
      const sum = await sumOfFile(archive);
      if (verify && sum !== sha256) {
        throw new DataFormatError({ file: archive, rule: `its SHA-256 must be ${sha256}`, value: sum });
      }
      // Whatever else the catalogue knows of this archive comes out too, so that it is not fetched twice.
      const family = [entry, ...catalogue.filter(({ sources }) => sources[0].sha256 === sha256)];
      await unpackArchive(archive, { members: family.flatMap(membersOf), folder: aside, signal });
      if (!await isComplete(entry, aside)) {
        const files = entry.files.map(({ name }) => name).join(", ");
        throw new DataFormatError({ file: archive, rule: `it must hold ${files}`, value: "an archive without them" });
      }
      if (sum === sha256) await recordContentSums(family.flatMap(({ files }) => files), { folder, from: aside });
      for await (const { name } of Deno.readDir(aside)) await Deno.rename(join(aside, name), join(folder, name));
    },
  });
}

async function isComplete(entry: CatalogueEntry, folder: string): Promise<boolean> {
  return (await filesIn(folder, entry.files)).size === entry.files.length;
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
