import { dirname } from "node:path";
import { catalogue, catalogueEntry } from "../data/catalogue.ts";
import { dataFolders } from "../data/data_folders.ts";
import { locateFiles } from "../data/download/locate_files.ts";

/** Whether a data folder has all the files of a dataset of the catalogue. */
export async function isDatasetThere(name: string): Promise<boolean> {
  return await locateFiles(catalogueEntry(name), dataFolders()) !== undefined;
}

/** The datasets of the catalogue and the folder where each was found, if it was. */
export async function findDatasets(): Promise<{ readonly name: string; readonly folder?: string }[]> {
  return await Promise.all(catalogue.map(async (entry) => {
    const files = await locateFiles(entry, dataFolders());
    return { name: entry.name, folder: files && dirname([...files.values()][0]) };
  }));
}
