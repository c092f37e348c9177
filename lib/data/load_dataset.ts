import { dirname, join } from "node:path";
import type { ProgressListener } from "../runtime/progress.ts";
import { catalogue, type CatalogueEntry, catalogueEntry, catalogueEntrySchema } from "./catalogue.ts";
import { cifarDataset } from "./cifar_dataset.ts";
import { readContentSums } from "./download/content_sums.ts";
import { dataFolders } from "./data_folders.ts";
import { DataFormatError } from "./data_format_error.ts";
import type { Dataset, TrainAndTest } from "./dataset.ts";
import { fetchDataset } from "./download/fetch_dataset.ts";
import { idxDataset } from "./idx_dataset.ts";
import { type FilePaths, incompleteFolders, locateArchive, locateFiles } from "./download/locate_files.ts";
import { lastWritable } from "./last_writable.ts";
import { loadPhotoSet } from "./load_photo_set.ts";
import type { ImageFolderOptions } from "./photos/image_folder.ts";
import { type FileContent, readContent } from "./read_content.ts";
import { unpackDataset } from "./download/unpack_dataset.ts";

/** Where {@linkcode loadDataset} looks, and what it may do. */
export interface LoadDatasetOptions {
  /**
   * Data folders to look through, in order; downloads go to the last that can be written to. Default:
   * {@linkcode dataFolders}.
   */
  readonly folders?: readonly string[];
  /** Whether to download what no folder has. Default: true. */
  readonly download?: boolean;
  /**
   * Whether the content must have the sums that are known of it. Without it, files of the right format that hold
   * something else are let in, with a note. Default: true.
   */
  readonly verify?: boolean;
  /** How photos are read, resized and divided, where the dataset is a folder of photos. */
  readonly photos?: ImageFolderOptions;
  /** Stops a download. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Loads a dataset of the catalogue: from the first data folder that has it, else by downloading it.
 *
 * Found in a folder are the publisher's own files, plain or gzipped, in a folder named as in `data/README.md`, or the
 * publisher's archive. What is found must be whole, of the format and size that the catalogue says, and of the content
 * that it says, by SHA-256. For those datasets whose content the catalogue has no sum of (it says which), the sums that
 * were written down when the verified download was unpacked are used; where there are none either, as with files
 * made or put there by someone else, the dataset is loaded and a note says that nothing vouches for its content.
 *
 * Datasets of photos (the {@linkcode photoCatalogue}) are loaded by {@linkcode imageFolder}, and so is, by its name, any
 * other folder of photos by class in a data folder. Their archives are checked by the sums that their publishers give.
 *
 * @param dataset a name out of the {@linkcode catalogue}, such as `"fashion-mnist"`, `"cifar-10"` or `"caltech-256"`, or
 *   an entry of one's own
 * @throws {RangeError} if neither the catalogue nor a data folder has such a name
 * @throws {DataFormatError} if a file is damaged or not what it should be
 * @throws {DownloadError} if it is nowhere to be had; the message says which file to put where by hand
 * @throws {Deno.errors.NotFound} if no folder has it and `download` is false
 *
 * @example
 * ```ts ignore
 * import { loadDataset } from "curio";
 *
 * const { train, test } = await loadDataset("fashion-mnist");
 * train.images.count; // 60,000
 * ```
 */
export async function loadDataset(
  dataset: string | CatalogueEntry,
  { folders = dataFolders(), download = true, verify = true, photos, signal, onProgress = () => {} }:
    LoadDatasetOptions = {},
): Promise<TrainAndTest> {
  if (typeof dataset === "string" && !catalogue.some(({ name }) => name === dataset)) {
    return await loadPhotoSet(dataset, { folders, download, verify, photos: { signal, onProgress, ...photos } });
  }
  const entry = typeof dataset === "string" ? catalogueEntry(dataset) : catalogueEntrySchema.parse(dataset);
  let paths = await locateFiles(entry, folders);
  if (!paths) {
    for (const { folder, missing } of await incompleteFolders(entry, folders)) {
      onProgress({ kind: "note", task: entry.name, text: `${folder} lacks ${missing.join(", ")}` });
    }
    const archive = await locateArchive(entry, folders);
    if (archive) {
      const folder = join(await lastWritable(folders), entry.folders[0]);
      onProgress({ kind: "note", task: entry.name, text: `unpacking ${archive} into ${folder}` });
      await unpackDataset(entry, { archive, folder, verify, signal });
    } else if (download) {
      await fetchDataset(entry, { folder: join(await lastWritable(folders), entry.folders[0]), signal, onProgress });
    }
    paths = await locateFiles(entry, folders);
  }
  if (!paths) {
    throw new Deno.errors.NotFound(
      `Cannot load ${entry.name}: a data folder must hold its files (${
        entry.files.map(({ name }) => name).join(", ")
      }) ` +
        `in a folder ${entry.folders.join(" or ")}: current data folders are ${folders.join(", ")}. ` +
        "Load with download: true, or put them there as data/README.md says.",
    );
  }
  return await readDataset(entry, { paths, verify, onProgress });
}

async function readDataset(
  entry: CatalogueEntry,
  { paths, verify, onProgress }: { paths: FilePaths; verify: boolean; onProgress: ProgressListener },
): Promise<TrainAndTest> {
  const folder = dirname(paths.values().next().value!);
  const recorded = await readContentSums(folder);
  const doubtful: string[] = [];
  const verifySum = (
    { path, checksum }: FileContent,
    { name, sha256 = recorded.get(name) }: CatalogueEntry["files"][0],
  ) => {
    if (checksum === sha256) return;
    if (verify && sha256 !== undefined) {
      throw new DataFormatError({
        file: path,
        rule: `its content must have the SHA-256 ${sha256}`,
        value: checksum,
        remedy: "Delete the file and load again. If it is meant to differ, load with verify: false.",
      });
    }
    doubtful.push(name);
  };
  const part = async ({ files, count }: CatalogueEntry["train"]): Promise<Dataset> => {
    const known = files.map((name) => entry.files.find((file) => file.name === name)!);
    const contents: FileContent[] = [];
    for (const { name, bytes } of known) contents.push(await readContent(paths.get(name)!, { limit: bytes }));
    // The format first: where it is broken, it says what is wrong in which place, and a sum only that something is.
    const dataset = datasetOf(entry, { contents, count });
    known.forEach((file, place) => verifySum(contents[place], file));
    return dataset;
  };
  await checkClassNames(entry, folder);
  const dataset = { train: await part(entry.train), test: await part(entry.test) };
  if (doubtful.length > 0) {
    const text = `nothing vouches for the content of ${doubtful.join(", ")} in ${folder}: ` +
      `its format is right, but no sum says that it is the published ${entry.name}`;
    onProgress({ kind: "note", task: entry.name, text });
  }
  return dataset;
}

function datasetOf(
  { name, classNames, shape, format }: CatalogueEntry,
  { contents, count }: { contents: readonly FileContent[]; count: number },
): Dataset {
  const [first, second] = contents;
  const dataset = format.kind === "cifar"
    ? cifarDataset(contents, { name, classNames, ...format })
    : idxDataset({ images: first, labels: second }, { name, classNames, ...format });
  const found = [dataset.images.count, dataset.images.shape.height, dataset.images.shape.width];
  const expected = [count, shape.height, shape.width];
  if (expected.some((length, dimension) => length !== found[dimension])) {
    throw new DataFormatError({
      file: first.path,
      rule: `${name} must have ${expected.join("×")} images here`,
      value: found.join("×"),
    });
  }
  return dataset;
}

/** Labels mean something else where the class names beside the files are others, or in another order. */
async function checkClassNames({ format, classNames }: CatalogueEntry, folder: string): Promise<void> {
  if (format.kind !== "cifar") return;
  const file = join(folder, format.namesFile);
  let text;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const wrong = classNames.findIndex((name, label) => name !== names[label]);
  if (wrong >= 0 || names.length !== classNames.length) {
    throw new DataFormatError({
      file,
      rule: wrong >= 0
        ? `class ${wrong} must be ${classNames[wrong]}`
        : `there must be ${classNames.length} class names`,
      value: wrong >= 0 ? names[wrong] ?? "missing" : names.length,
    });
  }
}
