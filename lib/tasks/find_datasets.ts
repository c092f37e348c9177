import { dirname } from "node:path";
import { catalogue, catalogueEntry } from "../data/catalogue.ts";
import { dataFolders } from "../data/data_folders.ts";
import { locateFiles } from "../data/download/locate_files.ts";
import { locatePhotoSet } from "../data/load_photo_set.ts";
import { photoCatalogue } from "../data/photo_catalogue.ts";

/** Whether a data folder has all the files of a dataset of the catalogue. */
export async function isDatasetThere(name: string): Promise<boolean> {
  return await locateFiles(catalogueEntry(name), dataFolders()) !== undefined;
}

/** The datasets that can be had by name and the folder where each was found, if it was. */
export async function findDatasets(): Promise<{ readonly name: string; readonly folder?: string }[]> {
  const folders = dataFolders();
  return await Promise.all([
    ...catalogue.map(async (entry) => {
      const files = await locateFiles(entry, folders);
      return { name: entry.name, folder: files && dirname([...files.values()][0]) };
    }),
    ...photoCatalogue.map(async (set) => ({ name: set.name, folder: await locatePhotoSet(set, folders) })),
  ]);
}
