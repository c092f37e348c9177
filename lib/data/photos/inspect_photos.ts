import { basename } from "node:path";
import type { FolderDataset } from "./image_folder.ts";
import { type PhotoHeader, photoHeader } from "./decode_photo.ts";
import { type Duplicate, findDuplicates, type FindDuplicatesOptions } from "./find_duplicates.ts";
import { photoContent } from "./read_photo.ts";
import { turnstile } from "./turnstile.ts";

/** What the file of a photo says of it, before it is resized. */
export interface PhotoFacts extends Pick<PhotoHeader, "format" | "width" | "height"> {
  readonly file: string;
  readonly className: string;
  readonly bytes: number;
}

/** The photos of one class. */
export interface ClassFacts {
  readonly className: string;
  readonly photos: number;
  /** Of all photos, 0…1. */
  readonly share: number;
  /** Of the sides of its photos, in pixels; the shorter side's least and the longer side's most. */
  readonly leastSide: number;
  readonly mostSide: number;
  readonly medianWidth: number;
  readonly medianHeight: number;
  readonly medianBytes: number;
  /** The kinds of files, the most frequent first. */
  readonly formats: readonly string[];
  /** Photos that show the same as another one of the dataset. */
  readonly duplicated: number;
}

/** What {@linkcode inspectPhotos} found. */
export interface PhotoInspection {
  /** In the order of the dataset. */
  readonly photos: readonly PhotoFacts[];
  /** In the order of `classNames`. */
  readonly classes: readonly ClassFacts[];
  /** Pairs, by index in the dataset. */
  readonly duplicates: readonly DuplicatePhotos[];
  /**
   * What is left once duplicates are gone, ascending: of photos that show the same the first, and none where their
   * classes differ, since one of them is wrong.
   */
  readonly keep: Int32Array;
}

/** Two photos of a dataset that show the same. */
export interface DuplicatePhotos extends Pick<Duplicate, "kind" | "disagree"> {
  readonly indices: readonly [number, number];
  /** The names of their files. */
  readonly files: readonly [string, string];
}

/**
 * Looks a folder of photos over before anything is trained on it: what the files are, how large, how many of each class,
 * and which show the same ({@linkcode findDuplicates}). Files that could not be read are not in the dataset any more:
 * `imageFolder` lists them with their reasons, in `unreadable`.
 *
 * Sizes and kinds that differ from class to class are a warning: a network may learn the camera instead of the animal.
 *
 * @param dataset photos that were loaded with {@linkcode imageFolder}
 * @throws {Deno.errors.NotFound} if a file has gone since
 *
 * @example
 * ```ts
 * import { imageFolder, inspectPhotos, subset } from "curio";
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * const pixel = "R0lGODlhAQABAPAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="; // a red GIF
 * for (const place of ["fox/1", "fox/2", "dog/1"]) {
 *   Deno.mkdirSync(`${folder}/${place.slice(0, 3)}`, { recursive: true });
 *   Deno.writeFileSync(`${folder}/${place}.gif`, Uint8Array.fromBase64(pixel));
 * }
 * const { train } = await imageFolder(folder, { preprocessing: { crop: 1 }, sizes: { test: 0 }, cache: false });
 * const { classes, duplicates, keep } = await inspectPhotos(train);
 * assert.deepEqual(classes.map(({ className, photos }) => [className, photos]), [["dog", 1], ["fox", 2]]);
 * assert.deepEqual(duplicates.map(({ disagree }) => disagree), [true, true, false]);
 * assert.equal(subset(train, keep).images.count, 0); // a fox that is also a dog is neither
 * ```
 */
export async function inspectPhotos(
  dataset: FolderDataset,
  options: FindDuplicatesOptions = {},
): Promise<PhotoInspection> {
  const { files, labels, classNames } = dataset;
  const readers = turnstile(8);
  const photos = await Promise.all(files.map((file, index) =>
    readers(async (): Promise<PhotoFacts> => {
      const content = await photoContent(file);
      const { format, width, height } = await photoHeader(content);
      return { file, className: classNames[labels[index]], format, width, height, bytes: content.length };
    })
  ));
  const pairs = await findDuplicates({ all: dataset }, options);
  const duplicates = pairs.map(({ images: [one, other], kind, disagree }): DuplicatePhotos => ({
    indices: [one.index, other.index],
    files: [basename(files[one.index]), basename(files[other.index])],
    ...{ kind, disagree },
  }));
  const repeated = new Set(duplicates.flatMap(({ indices }) => indices));
  const classes = classNames.map((className, label) =>
    classFacts(className, {
      own: photos.filter((_, index) => labels[index] === label),
      all: photos.length,
      duplicated: [...repeated].filter((index) => labels[index] === label).length,
    })
  );
  return { photos, classes, duplicates, keep: withoutDuplicates(photos.length, duplicates) };
}

interface OfClass {
  readonly own: readonly PhotoFacts[];
  readonly all: number;
  readonly duplicated: number;
}

function classFacts(className: string, { own, all, duplicated }: OfClass): ClassFacts {
  const sides = own.flatMap(({ width, height }) => [width, height]);
  const formats = [...Map.groupBy(own, ({ format }) => format)].sort(([, one], [, other]) => other.length - one.length);
  return {
    className,
    photos: own.length,
    share: own.length / all,
    leastSide: sides.reduce((one, other) => Math.min(one, other), Infinity),
    mostSide: sides.reduce((one, other) => Math.max(one, other), 0),
    medianWidth: median(own.map(({ width }) => width)),
    medianHeight: median(own.map(({ height }) => height)),
    medianBytes: median(own.map(({ bytes }) => bytes)),
    formats: formats.map(([format]) => format),
    duplicated,
  };
}

/** NaN of nothing; of an even number, the mean of the middle two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The first of each chain of duplicates, or none of it if its classes differ. */
function withoutDuplicates(count: number, duplicates: readonly DuplicatePhotos[]): Int32Array {
  const first = Int32Array.from({ length: count }, (_, index) => index);
  const root = (index: number): number => first[index] === index ? index : first[index] = root(first[index]);
  for (const { indices: [one, other] } of duplicates) {
    const [low, high] = [root(one), root(other)].sort((a, b) => a - b);
    first[high] = low;
  }
  const doubtful = new Set(duplicates.filter(({ disagree }) => disagree).map(({ indices: [one] }) => root(one)));
  return Int32Array.from(first.keys().filter((index) => root(index) === index && !doubtful.has(index)));
}
