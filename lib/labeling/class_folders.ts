import { basename, extname, join, relative } from "node:path";
import { listPhotos } from "../data/photos/list_photos.ts";
import { type LabelFile, labelFile, type LabelRecord } from "./label_record.ts";

/** The photos below a folder by their paths in it, with forward slashes; see {@linkcode listPhotos}. */
export async function photosBelow(folder: string): Promise<string[]> {
  return (await listPhotos(folder)).map((path) => relative(folder, path).replaceAll("\\", "/"));
}

/** Reads labels from folders that are named after their classes: `cat/1.jpg` shows a cat. */
export async function readClassFolders(folder: string): Promise<LabelFile> {
  const paths = await photosBelow(folder);
  const records = paths.filter((path) => path.includes("/")).map((path): LabelRecord => {
    const label = decodeURIComponent(path.slice(0, path.indexOf("/")).replace(/%(?![0-9A-F]{2})/g, "%25"));
    return { path, kind: "label", labels: [label], annotator: "folders" };
  });
  return labelFile({ records, paths });
}

/**
 * Copies each labelled image into a folder named after its class; characters of a class that no folder can have are
 * percent-encoded. Two images of one name get a number.
 *
 * @param labels path in `source` → class name
 * @returns how many were copied
 */
export async function writeClassFolders(
  folder: string,
  { labels, fileOf }: { readonly labels: ReadonlyMap<string, string>; readonly fileOf: (path: string) => string },
): Promise<number> {
  const taken = new Set<string>();
  for (const [path, label] of labels) {
    const into = join(folder, folderNameOf(label));
    await Deno.mkdir(into, { recursive: true });
    const extension = extname(path);
    const stem = basename(path, extension);
    let target = join(into, `${stem}${extension}`);
    for (let count = 2; taken.has(target); count++) target = join(into, `${stem}-${count}${extension}`);
    taken.add(target);
    await Deno.copyFile(fileOf(path), target);
  }
  return labels.size;
}

/** A class as the name of one folder, whatever is in it: never a path, never "..". */
function folderNameOf(label: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  // deno-lint-ignore no-control-regex -- these cannot be in a name of a file
  return label.replace(/[%/\\:*?"<>|\u0000-\u001f]/g, encode).replace(/^\./, encode).replace(/[. ]$/, encode);
}
