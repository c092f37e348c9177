import { join } from "node:path";
import { catalogue } from "./catalogue.ts";
import { download as downloadFile } from "./download/download.ts";
import { unpackPhotos } from "./download/unpack_photos.ts";
import { isPlainFile } from "./find_files.ts";
import { lastWritable } from "./last_writable.ts";
import { photoCatalogue, type PhotoSet } from "./photo_catalogue.ts";
import { type ImageFolder, imageFolder, type ImageFolderOptions } from "./photos/image_folder.ts";

/** Where {@linkcode loadPhotoSet} looks, and what it may do. */
export interface LoadPhotoSetOptions {
  readonly folders: readonly string[];
  readonly download: boolean;
  readonly verify: boolean;
  readonly photos: ImageFolderOptions;
}

/**
 * Loads a dataset of photos, by its name in the catalogue or that of its folder: from the first data folder that has it,
 * else from its archive there, else by downloading that.
 *
 * @throws {RangeError} if neither the catalogue nor a data folder knows the name
 */
export async function loadPhotoSet(
  dataset: string | PhotoSet,
  { folders, download, verify, photos }: LoadPhotoSetOptions,
): Promise<ImageFolder> {
  const { signal, onProgress = () => {} } = photos;
  const entry = typeof dataset === "string" ? photoCatalogue.find(({ name }) => name === dataset) : dataset;
  const name = typeof dataset === "string" ? dataset : dataset.name;
  const usual = entry?.folders ?? (/^[\w.-]+$/.test(name) ? [name] : []);
  const found = await locatePhotoSet({ folders: usual }, folders);
  if (found !== undefined) return await read(found);
  if (!entry) {
    const names = [...catalogue, ...photoCatalogue].map(({ name }) => name).join(", ");
    throw new RangeError(
      `Cannot find a dataset: its name must be one of ${names}, or that of a folder of photos by class in a data ` +
        `folder (${folders.join(", ")}): current value is "${name}"`,
    );
  }
  const { archive } = entry;
  const places = [...folders, ...placesOf(entry, folders)];
  const byHand = await firstOf(places.map((folder) => join(folder, archive.name)), isPlainFile);
  if (byHand === undefined && !download) {
    throw new Deno.errors.NotFound(
      `Cannot load ${name}: a data folder must hold a folder ${
        entry.folders.join(" or ")
      }, or ${archive.name}: current ` +
        `data folders are ${folders.join(", ")}. Load with download: true, or put it there as data/README.md says.`,
    );
  }
  const folder = join(await lastWritable(folders), entry.folders[0]);
  const path = byHand ?? join(folder, archive.name);
  if (byHand === undefined) await downloadFile(path, { ...archive, signal, onProgress });
  onProgress({ kind: "note", task: name, text: `unpacking ${path} into ${folder}` });
  await unpackPhotos(path, { ...archive, folder, verify, signal });
  if (byHand === undefined) await Deno.remove(path).catch(() => {}); // another process may have been as far
  return await read(folder);

  async function read(path: string): Promise<ImageFolder> {
    const parts = await imageFolder(path, { name, ...photos });
    const count = parts.train.images.count + (parts.validation?.images.count ?? 0) + parts.test.images.count;
    if (entry && !photos.clutter && count !== entry.images) {
      const text = `${path} holds ${count} photos in ${parts.train.classNames.length} classes; the published ${name} ` +
        `has ${entry.images} in ${entry.classes}`;
      onProgress({ kind: "note", task: name, text });
    }
    return parts;
  }
}

/** The folder of a dataset of photos in one of these data folders, if one has it. */
export async function locatePhotoSet(
  set: Pick<PhotoSet, "folders">,
  dataFolders: readonly string[],
): Promise<string | undefined> {
  return await firstOf(placesOf(set, dataFolders), holdsFolders);
}

function placesOf({ folders }: Pick<PhotoSet, "folders">, dataFolders: readonly string[]): string[] {
  return dataFolders.flatMap((root) => folders.map((folder) => join(root, folder)));
}

async function firstOf(
  paths: readonly string[],
  test: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await test(path)) return path;
}

async function holdsFolders(path: string): Promise<boolean> {
  try {
    for await (const { name, isFile } of Deno.readDir(path)) if (!isFile && !name.startsWith(".")) return true;
  } catch { /* not there, or no folder */ }
  return false;
}
