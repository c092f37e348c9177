import { join } from "node:path";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import type { CatalogueEntry } from "../catalogue.ts";
import { DataFormatError } from "../data_format_error.ts";
import { filesIn } from "./locate_files.ts";
import { readContent } from "../read_content.ts";

/** The name of the file that holds a folder's sums. */
const sumsName = "SHA256SUMS";

/**
 * The SHA-256 that the files of a folder had when they were put there, by name, from its `SHA256SUMS` (the format of
 * `sha256sum`); none if it has no such file. Of a gzipped file it is the content's, under the name without `.gz`.
 *
 * @throws {DataFormatError} if the file of sums is damaged
 */
export async function readContentSums(folder: string): Promise<Map<string, string>> {
  const path = join(folder, sumsName);
  let text;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => {
    const [, sum, name] = line.match(/^([0-9a-f]{64}) [ *](.+)$/) ?? [];
    if (sum === undefined) {
      throw new DataFormatError({ file: path, rule: "a line must be a SHA-256, two spaces and a name", value: line });
    }
    return [name, sum];
  }));
}

/** Where {@linkcode recordContentSums} finds the files, and where it puts the sums. */
export interface RecordContentSumsOptions {
  /** The folder whose sums are added to. */
  readonly folder: string;
  /** Where the files lie now. */
  readonly from: string;
}

/** Writes down the sums of those contents that the catalogue has none of, while they are known to be right. */
export async function recordContentSums(
  files: CatalogueEntry["files"],
  { folder, from }: RecordContentSumsOptions,
): Promise<void> {
  const unsummed = files.filter(({ sha256 }) => sha256 === undefined);
  const paths = await filesIn(from, unsummed);
  if (paths.size === 0) return;
  const sums = await readContentSums(folder);
  for (const [name, path] of paths) {
    const { bytes } = unsummed.find((file) => file.name === name)!;
    sums.set(name, (await readContent(path, { limit: bytes })).checksum);
  }
  const lines = [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([name, sum]) => `${sum}  ${name}\n`);
  await writeFileAtomic(join(folder, sumsName), lines.join(""));
}
