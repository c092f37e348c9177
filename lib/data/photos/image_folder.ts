import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { Random } from "../../runtime/random.ts";
import type { Dataset, TrainAndTest } from "../dataset.ts";
import { type PartSize, stratifiedSplit } from "../stratified_split.ts";
import { subset } from "../subset.ts";
import { byCodeUnits, listPhotos } from "./list_photos.ts";
import { loadPhotos, type LoadPhotosOptions } from "./load_photos.ts";
import type { UnreadablePhoto } from "./read_photo.ts";

/** A dataset whose images are files. */
export interface FolderDataset extends Dataset {
  /** The file of each image. */
  readonly files: readonly string[];
}

/** Photos by class, in parts. */
export interface ImageFolder extends TrainAndTest {
  readonly train: FolderDataset;
  readonly validation?: FolderDataset;
  readonly test: FolderDataset;
  /** What was left out, and why. */
  readonly unreadable: readonly UnreadablePhoto[];
}

/** How {@linkcode imageFolder} reads and divides. */
export interface ImageFolderOptions extends LoadPhotosOptions {
  /** Default: the folder's name. */
  readonly name?: string;
  /** Sizes of the parts where the folder has none, as {@linkcode stratifiedSplit} takes them. Default: a fifth for the test. */
  readonly sizes?: { readonly train?: PartSize; readonly validation?: PartSize; readonly test?: PartSize };
  /** Draws that split. Default: `new Random(0)`, so that it is the same for everybody. */
  readonly random?: Random;
  /** Whether Caltech's class of clutter (`257.clutter`, `BACKGROUND_Google`) counts. Default: false. */
  readonly clutter?: boolean;
}

/** The folders that are parts of a dataset, not classes. */
const partNames = {
  train: /^train(ing)?$/i,
  validation: /^val(id(ation)?)?$/i,
  test: /^test(ing)?$/i,
};
type Part = keyof typeof partNames;

/** A class and the folder of its photos. */
interface ClassFolder {
  readonly className: string;
  readonly folder: string;
}

/**
 * Photos in folders named after their classes, as datasets: divided by the folders `train/`, `val…/` and `test/` where
 * there are such, else by a stratified, seeded split. Without `test/`, the validation folder is the test; without
 * either, a split of `train/`. Classes are in the order of their folders' names; Caltech-256's `001.ak47` is the class
 * `ak47`. A folder that holds nothing but one other folder stands for that one.
 *
 * How photos are read, resized and kept: {@linkcode loadPhotos}.
 *
 * @param path the folder; or, where classes lie in different places, the folder of each class by its name
 * @throws {RangeError} if there are no two classes of readable photos, a class occurs in the test alone, or it has too
 *   few photos to be split
 * @throws {DataFormatError} if a photo cannot be read and `onUnreadable` is `"throw"`
 *
 * @example
 * ```ts
 * import { imageFolder } from "curio";
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * const pixel = "R0lGODlhAQABAPAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=";
 * for (const place of ["fox/1", "fox/2", "dog/1", "dog/2"]) {
 *   Deno.mkdirSync(`${folder}/${place.slice(0, 3)}`, { recursive: true });
 *   Deno.writeFileSync(`${folder}/${place}.gif`, Uint8Array.fromBase64(pixel));
 * }
 * const options = { preprocessing: { crop: 1 }, sizes: { test: 0.5 }, cache: false } as const;
 * const { train, test } = await imageFolder(folder, options);
 * assert.deepEqual(train.classNames, ["dog", "fox"]);
 * assert.deepEqual([train.labels, test.labels], [Int32Array.of(0, 1), Int32Array.of(0, 1)]);
 * ```
 */
export async function imageFolder(
  path: string | Readonly<Record<string, string>>,
  { name, sizes, random = new Random(0), clutter = false, ...options }: ImageFolderOptions = {},
): Promise<ImageFolder> {
  const isOneFolder = typeof path === "string";
  const parts = isOneFolder ? await partsOf(path, { clutter }) : {
    train: Object.entries(path).map(([className, folder]) => ({ className, folder })),
  };
  const listed: { readonly file: string; readonly className: string; readonly part: Part }[] = [];
  for (const part of Object.keys(parts) as Part[]) {
    for (const { className, folder } of parts[part] ?? []) {
      for (const file of await listPhotos(folder)) listed.push({ file, className, part });
    }
  }
  const photos = await loadPhotos(listed.map(({ file }) => file), options);
  const readable = new Set(photos.files);
  const images = listed.filter(({ file }) => readable.has(file));
  const present = new Set(images.map(({ className }) => className));
  const folders = Object.values(parts).flat();
  if (isOneFolder) folders.sort((a, b) => byCodeUnits(basename(a.folder), basename(b.folder)));
  const classNames = [...new Set(folders.map(({ className }) => className))].filter((one) => present.has(one));
  const where = isOneFolder ? path : Object.values(path).join(", ");
  if (classNames.length < 2) {
    throw new RangeError(
      `Cannot load photos by class: ${where} must hold two folders or more, named after their classes, with photos in ` +
        `them: current value is ${
          classNames.length === 0 ? "none" : classNames[0]
        }. Photos without classes are loaded ` +
        "with loadPhotos.",
    );
  }
  const labels = Int32Array.from(images, ({ className }) => classNames.indexOf(className));
  const whole: FolderDataset = {
    name: name ?? (isOneFolder ? basename(path) : classNames.join(" and ")),
    images: photos.images,
    labels,
    classNames,
    files: photos.files,
    checksum: createHash("sha256").update(JSON.stringify([photos.checksum, classNames, [...labels]])).digest("hex"),
  };
  const split = divide(images.map(({ part }) => part), { labels, sizes, random });
  const untrained = classNames.find((_, label) => !split.train.some((index) => labels[index] === label));
  if (untrained !== undefined) {
    throw new RangeError(
      `Cannot load photos by class: every class must have photos to train on: ${untrained} has none. Delete its ` +
        "folders, or move some of its photos into the training folder.",
    );
  }
  const pick = (indices: Int32Array) => subset(whole, indices);
  return {
    train: pick(split.train),
    ...(split.validation.length > 0 && { validation: pick(split.validation) }),
    test: pick(split.test),
    unreadable: photos.unreadable,
  };
}

/** The indices of the three parts, by the folders where there are such. */
function divide(
  parts: readonly Part[],
  { labels, sizes, random }: Required<Pick<ImageFolderOptions, "random">> & {
    readonly labels: Int32Array;
    readonly sizes: ImageFolderOptions["sizes"];
  },
): Readonly<Record<Part, Int32Array>> {
  const of = (part: Part) => Int32Array.from(parts.keys().filter((index) => parts[index] === part));
  const [train, validation, test] = [of("train"), of("validation"), of("test")];
  if (test.length > 0) return { train, validation, test };
  if (validation.length > 0) return { train, validation: test, test: validation };
  const { validation: none = 0, ...others } = sizes ?? {};
  const all = { train: "rest", test: 0.2, validation: none, ...others } as const;
  return stratifiedSplit(labels, { sizes: all, random: random.child("split") });
}

async function partsOf(path: string, { clutter }: { clutter: boolean }): Promise<Partial<Record<Part, ClassFolder[]>>> {
  const root = await descend(path);
  const folders = await foldersIn(root);
  const found = (Object.keys(partNames) as Part[]).flatMap((part) => {
    const folder = folders.find((folder) => partNames[part].test(folder));
    return folder === undefined ? [] : [[part, folder] as const];
  });
  if (!found.some(([part]) => part === "train")) return { train: await classesIn(root, { clutter }) };
  const parts: Partial<Record<Part, ClassFolder[]>> = {};
  for (const [part, folder] of found) parts[part] = await classesIn(join(root, folder), { clutter });
  return parts;
}

/** The folder that is meant where archives have wrapped it in another. */
async function descend(path: string): Promise<string> {
  const [only, ...more] = await foldersIn(path);
  if (only === undefined || more.length > 0 || (await foldersIn(join(path, only))).length === 0) return path;
  return await descend(join(path, only));
}

async function foldersIn(path: string): Promise<string[]> {
  const folders: string[] = [];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
    if (name.startsWith(".") || name === "__MACOSX") continue;
    if (isDirectory || (isSymlink && (await Deno.stat(join(path, name))).isDirectory)) folders.push(name);
  }
  return folders.sort(byCodeUnits);
}

async function classesIn(path: string, { clutter }: { clutter: boolean }): Promise<ClassFolder[]> {
  const folders = await foldersIn(path);
  const isNumbered = folders.length > 0 && folders.every((folder) => /^\d{3}\../.test(folder));
  return folders
    .filter((folder) => clutter || !(folder === "BACKGROUND_Google" || folder === "257.clutter"))
    .map((folder) => ({ className: isNumbered ? folder.slice(4) : folder, folder: join(path, folder) }));
}
