import type { Random } from "../runtime/random.ts";
import { apportion } from "./apportion.ts";
import { shuffledClasses } from "./shuffled_classes.ts";

/** How {@linkcode initialSet} chooses. */
export interface InitialSetOptions {
  /** How many images to choose. */
  readonly size: number;
  /**
   * `"balanced"`: as many of each class as of any other, or one more. `"proportional"`: each class by its share of the
   * dataset. Default: `"balanced"`.
   */
  readonly balance?: "balanced" | "proportional";
  readonly random: Random;
}

/**
 * The images that active learning starts from: exactly `size` indices, spread over the classes, in random order.
 *
 * @param labels the class of each image; any integers
 * @throws {RangeError} if `size` is not an integer in 0…`labels.length`, or a class has too few images for a balanced set
 *
 * @example
 * ```ts
 * import { initialSet, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [0, 0, 0, 0, 0, 0, 0, 1, 1];
 * const chosen = initialSet(labels, { size: 4, random: new Random(1) });
 * assert.equal(chosen.filter((index) => labels[index] === 1).length, 2);
 * ```
 */
export function initialSet(
  labels: ArrayLike<number>,
  { size, balance = "balanced", random }: InitialSetOptions,
): Int32Array {
  if (!Number.isInteger(size) || size < 0 || size > labels.length) {
    throw new RangeError(
      `Cannot choose an initial set: its size must be an integer in 0…${labels.length}: current value is ${size}`,
    );
  }
  const classes = shuffledClasses(labels, random);
  const weights = classes.map(({ indices }) => balance === "balanced" ? 1 : indices.length);
  const shares = apportion(weights, { seats: size, random });
  classes.forEach(({ label, indices }, place) => {
    if (indices.length < shares[place]) {
      throw new RangeError(
        `Cannot choose a balanced initial set of ${size}: every class must have ${
          shares[place]
        } images: class ${label} ` +
          `has ${indices.length}. Choose fewer, or balance: "proportional".`,
      );
    }
  });
  return Int32Array.from(
    random.shuffle(classes.flatMap(({ indices }, place) => [...indices.subarray(0, shares[place])])),
  );
}
