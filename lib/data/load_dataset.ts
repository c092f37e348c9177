import type { ProgressListener } from "../runtime/progress.ts";
import { type CatalogueEntry, catalogueEntry } from "./catalogue.ts";
import { cifarDataset } from "./cifar_dataset.ts";
import { dataFolders } from "./data_folders.ts";
import { DataFormatError } from "./data_format_error.ts";
import type { Dataset } from "./dataset.ts";
import { idxDataset } from "./idx_dataset.ts";
import { type FilePaths, locateFiles } from "./locate_files.ts";
import { type FileContent, readContent } from "./read_content.ts";

/** Where {@linkcode loadDataset} looks, and what it may do. */
export interface LoadDatasetOptions {
  /** Data folders to look through, in order. Default: {@linkcode dataFolders}. */
  readonly folders?: readonly string[];
  /**
   * Whether the content must have the sums that the catalogue gives. Without it, files of the right format that hold
   * something else are let in, with a note. Default: true.
   */
  readonly verify?: boolean;
  readonly onProgress?: ProgressListener;
}

/** A dataset as its publisher divided it. */
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
}

export async function loadDataset(
  dataset: string | CatalogueEntry,
  { folders = dataFolders(), verify = true, onProgress = () => {} }: LoadDatasetOptions = {},
): Promise<TrainAndTest> {
  const entry = typeof dataset === "string" ? catalogueEntry(dataset) : dataset;
  const paths = await locateFiles(entry, folders);
  if (!paths) throw new Deno.errors.NotFound(`Cannot load ${entry.name}: not found in ${folders.join(", ")}`);
  return await readDataset(entry, { paths, verify, onProgress });
}

async function readDataset(
  entry: CatalogueEntry,
  { paths, verify, onProgress }: { paths: FilePaths; verify: boolean; onProgress: ProgressListener },
): Promise<TrainAndTest> {
  const read = async ({ files, count }: CatalogueEntry["train"]): Promise<Dataset> => {
    const contents = [];
    for (const name of files) contents.push(await readVerified(name));
    const part = datasetOf(entry, contents);
    if (part.images.count !== count) {
      throw new DataFormatError({
        file: contents[0].path,
        rule: `${entry.name} must have ${count} images here`,
        value: part.images.count,
      });
    }
    return part;
  };
  const readVerified = async (name: string): Promise<FileContent> => {
    const { bytes, sha256 } = entry.files.find((file) => file.name === name)!;
    const content = await readContent(paths.get(name)!, { limit: bytes });
    if (sha256 !== undefined && content.checksum !== sha256) {
      if (verify) {
        throw new DataFormatError({
          file: content.path,
          rule: `its content must have the SHA-256 ${sha256}`,
          value: content.checksum,
          remedy: "Delete the file and load again. If it is meant to differ, load with verify: false.",
        });
      }
      onProgress({ kind: "note", task: entry.name, text: `${content.path} is not the published content of ${name}` });
    }
    return content;
  };
  return { train: await read(entry.train), test: await read(entry.test) };
}

function datasetOf(entry: CatalogueEntry, contents: readonly FileContent[]): Dataset {
  const { name, classNames, format } = entry;
  if (format.kind === "cifar") return cifarDataset(contents, { name, classNames, ...format });
  const [images, labels] = contents;
  return idxDataset({ images, labels }, { name, classNames, ...format });
}
