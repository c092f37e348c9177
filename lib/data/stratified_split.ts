import type { Random } from "../runtime/random.ts";
import { apportion } from "./apportion.ts";
import { shuffledClasses } from "./shuffled_classes.ts";

/** Named, disjoint sets of indices over one dataset, each in ascending order. */
export type Split<Part extends string = string> = Readonly<Record<Part, Int32Array>>;

/** A count of images (an integer), a fraction of all (between 0 and 1), or whatever the other parts leave. */
export type PartSize = number | "rest";

/** How {@linkcode stratifiedSplit} divides. */
export interface StratifiedSplitOptions<Part extends string> {
  /** The size of each part, by name. At most one is `"rest"`; without one, images may be left over. */
  readonly sizes: Readonly<Record<Part, PartSize>>;
  readonly random: Random;
}

/**
 * Divides a dataset into parts that all have its mix of classes: train and test, labelled and unlabelled.
 *
 * Sizes are met exactly; fractions that are not a whole number of images are rounded by largest remainders, so that
 * fractions that add up to 1 use every image. Parts are filled one after the other, each drawing on what is left of
 * every class in proportion, rounded by largest remainders: part k is never k images or more off its proportional share
 * of a class. Which images, and who gets the odd one, is random.
 *
 * @param labels the class of each image; any integers
 * @throws {RangeError} if a size is neither a count nor a fraction, the sizes exceed the dataset, or a class has fewer
 *   images than there are parts
 *
 * @example
 * ```ts
 * import { Random, stratifiedSplit } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = Int32Array.from({ length: 100 }, (_, index) => index % 4);
 * const split = stratifiedSplit(labels, { sizes: { train: "rest", test: 0.2 }, random: new Random(7) });
 * assert.equal(split.train.length, 80);
 * assert.equal(split.test.filter((index) => labels[index] === 3).length, 5);
 * ```
 */
export function stratifiedSplit<Part extends string>(
  labels: ArrayLike<number>,
  { sizes, random }: StratifiedSplitOptions<Part>,
): Split<Part> {
  const counts = countsOf(sizes, { images: labels.length, random });
  const classes = shuffledClasses(labels, random);
  const parts = counts.filter(([, count]) => count > 0).length;
  for (const { label, indices } of classes) {
    if (indices.length < parts) {
      throw new RangeError(
        `Cannot split: every class must have an image for each of the ${parts} parts: class ${label} has ` +
          `${indices.length}. Leave that class out, or make fewer parts.`,
      );
    }
  }
  const taken = new Int32Array(classes.length);
  const split = counts.map(([part, seats]) => {
    const left = classes.map(({ indices }, place) => indices.length - taken[place]);
    const shares = apportion(left, { seats, random });
    const chosen = classes.flatMap(({ indices }, place) => {
      const from = taken[place];
      taken[place] += shares[place];
      return [...indices.subarray(from, taken[place])];
    });
    return [part, Int32Array.from(chosen).sort()] as const;
  });
  return Object.fromEntries(split) as Record<Part, Int32Array>;
}

/** How many images each part gets, in the order of the parts. */
function countsOf<Part extends string>(
  sizes: Readonly<Record<Part, PartSize>>,
  { images, random }: { images: number; random: Random },
): [Part, number][] {
  const parts = Object.entries(sizes) as [Part, PartSize][];
  for (const [part, size] of parts) {
    const isFraction = typeof size === "number" && size > 0 && size < 1;
    if (size !== "rest" && !isFraction && !(Number.isInteger(size) && size >= 0)) {
      throw new RangeError(
        `Cannot split: a size must be a count, a fraction between 0 and 1, or "rest": ` +
          `current value of "${part}" is ${size}`,
      );
    }
  }
  if (parts.filter(([, size]) => size === "rest").length > 1) {
    throw new RangeError(`Cannot split: only one part may be "rest": current value is ${JSON.stringify(sizes)}`);
  }
  const fractions = parts.map(([, size]) => typeof size === "number" && !Number.isInteger(size) ? size : 0);
  const share = fractions.reduce((sum, fraction) => sum + fraction, 0);
  const rounded = apportion(fractions, { seats: Math.round(share * images), random });
  const counts = parts.map(([, size], place) => Number.isInteger(size) ? size as number : rounded[place]);
  const used = counts.reduce((sum, count) => sum + count, 0);
  if (used > images) {
    throw new RangeError(
      `Cannot split: the parts must fit into the ${images} images: current value is ${
        JSON.stringify(sizes)
      }, ${used} images`,
    );
  }
  return parts.map(([part, size], place) => [part, size === "rest" ? images - used : counts[place]]);
}
