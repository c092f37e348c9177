import { createHash } from "node:crypto";
import type { ProgressListener } from "../../runtime/progress.ts";
import type { Dataset } from "../dataset.ts";
import { differenceHash } from "./difference_hash.ts";
import { furthest, nearPairs } from "./near_pairs.ts";
import { resample } from "./resample.ts";

/** One image of one part. */
export interface ImagePlace {
  /** The part's name, as it was given. */
  readonly part: string;
  readonly index: number;
}

/** Two images that show the same. */
export interface Duplicate {
  readonly images: readonly [ImagePlace, ImagePlace];
  /** Whether they are equal pixel by pixel, or only look alike. */
  readonly kind: "exact" | "near";
  /** Whether their labels differ. */
  readonly disagree: boolean;
}

/** How {@linkcode findDuplicates} compares. */
export interface FindDuplicatesOptions {
  /** Bits of 64 in which the difference hashes of near duplicates may differ: 0…7. Default: 5. */
  readonly distance?: number;
  /**
   * How far near duplicates may be apart in the mean over an image of 16×16 pixels, in grey values of 255, once their
   * mean brightness is made equal. Default: 6.
   */
  readonly tolerance?: number;
  readonly onProgress?: ProgressListener;
}

/** Images read at once. */
const batchSize = 64;
const thumbnailSide = 16;

/**
 * Finds images that occur twice, within and across the parts of a dataset, by what they look like: equal pixels, or a
 * difference hash at most `distance` bits away and then, because plain backgrounds give many photos the same hash, also
 * a small mean difference of 16×16 thumbnails. It finds photos that were compressed again, resized or brightened, not
 * those that were mirrored or cut. Chains are given in pairs.
 *
 * @param parts datasets of images of one shape, by name: `{ train, test }`
 * @throws {RangeError} if `distance` is not an integer in 0…7
 *
 * @example
 * ```ts
 * import { findDuplicates, leakage, memoryImages } from "curio";
 * import assert from "node:assert/strict";
 *
 * const part = (...greys: number[]) => ({
 *   name: "greys",
 *   images: memoryImages(Uint8Array.from(greys), { height: 1, width: 1, channels: 1 }),
 *   labels: new Int32Array(greys.length),
 *   classNames: ["grey", "other"],
 *   checksum: "00",
 * });
 * const duplicates = await findDuplicates({ train: part(10, 20), test: part(20) }, { tolerance: 0 });
 * assert.equal(duplicates.filter(({ kind }) => kind === "exact").length, 1);
 * assert.match(leakage(duplicates, { train: part(10, 20), test: part(20) })!, /1 of 1 images \(100 %\) of test/);
 * ```
 */
export async function findDuplicates(
  parts: Readonly<Record<string, Dataset>>,
  { distance = 5, tolerance = 6, onProgress = () => {} }: FindDuplicatesOptions = {},
): Promise<Duplicate[]> {
  if (!Number.isInteger(distance) || distance < 0 || distance > furthest) {
    throw new RangeError(
      `Cannot find duplicates: distance must be an integer in 0…${furthest}: current value is ${distance}`,
    );
  }
  const task = "duplicates";
  const began = performance.now();
  const places: ImagePlace[] = [];
  const total = Object.values(parts).reduce((sum, { images }) => sum + images.count, 0);
  const sums: string[] = [];
  const hashes = new Uint32Array(2 * total);
  const thumbnails = new Uint8Array(total * thumbnailSide ** 2 * 3);
  let outcome: "done" | "failed" = "failed";
  onProgress({ kind: "begin", task, total, unit: "images" });
  try {
    for (const [part, { images }] of Object.entries(parts)) {
      const { height, width, channels } = images.shape;
      const length = height * width * channels;
      for (let start = 0; start < images.count; start += batchSize) {
        const size = Math.min(batchSize, images.count - start);
        const bytes = await images.read(Int32Array.from({ length: size }, (_, place) => start + place));
        for (let place = 0; place < size; place++) {
          const pixels = bytes.subarray(place * length, (place + 1) * length);
          const data = channels === 3
            ? pixels
            : Uint8Array.from({ length: 3 * length }, (_, at) => pixels[Math.floor(at / 3)]);
          const number = places.push({ part, index: start + place }) - 1;
          sums.push(createHash("sha256").update(pixels).digest("base64"));
          hashes.set(differenceHash({ width, height, data }), 2 * number);
          thumbnails.set(thumbnail({ width, height, data }), number * thumbnailSide ** 2 * 3);
        }
        onProgress({ kind: "advance", task, done: places.length, total });
      }
    }
    outcome = "done";
  } finally {
    onProgress({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  }
  const labelOf = ({ part, index }: ImagePlace) => parts[part].classNames[parts[part].labels[index]];
  const found: Duplicate[] = [];
  for (const [i, j] of nearPairs(hashes, distance)) {
    const kind = sums[i] === sums[j] ? "exact" : "near";
    if (kind === "near" && meanDifference(thumbnails, i, j) > tolerance) continue;
    const images = [places[i], places[j]] as const;
    found.push({ images, kind, disagree: labelOf(images[0]) !== labelOf(images[1]) });
  }
  return found;
}

function thumbnail(image: Parameters<typeof resample>[0]): Uint8Array {
  const side = { size: thumbnailSide, start: 0, length: thumbnailSide };
  return resample(image, { horizontal: side, vertical: side, interpolation: "bilinear" });
}

/** Mean absolute difference of two thumbnails, their mean values made equal. */
function meanDifference(thumbnails: Uint8Array, i: number, j: number): number {
  const length = thumbnailSide ** 2 * 3;
  let shift = 0;
  for (let at = 0; at < length; at++) shift += thumbnails[i * length + at] - thumbnails[j * length + at];
  shift /= length;
  let sum = 0;
  for (let at = 0; at < length; at++) {
    sum += Math.abs(thumbnails[i * length + at] - thumbnails[j * length + at] - shift);
  }
  return sum / length;
}

/**
 * A warning, if images of one part occur in another: a test on photos that were trained on measures memory. A sentence for
 * each pair of parts, with how many images of the later one the earlier one has.
 */
export function leakage(
  duplicates: readonly Duplicate[],
  parts: Readonly<Record<string, Pick<Dataset, "images">>>,
): string | undefined {
  const across = duplicates.filter(({ images: [one, other] }) => one.part !== other.part);
  const sentences = [...Map.groupBy(across, ({ images: [one, other] }) => `${one.part}\n${other.part}`).values()]
    .map((pairs) => {
      const [{ images: [{ part: earlier }, { part: later }] }] = pairs;
      const indices = (some: readonly Duplicate[]) => new Set(some.map(({ images: [, { index }] }) => index)).size;
      const leaked = indices(pairs);
      const exact = indices(pairs.filter(({ kind }) => kind === "exact"));
      const { count } = parts[later].images;
      const percent = Math.round(1000 * leaked / count) / 10;
      return `${leaked} of ${count} images (${percent} %) of ${later} are in ${earlier} too, ${exact} of them pixel by ` +
        "pixel.";
    });
  return sentences.length === 0 ? undefined : `Leakage: ${sentences.join(" ")} Take them out before you compare.`;
}
