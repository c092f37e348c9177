import type { Random } from "../runtime/random.ts";
import { shuffledClasses } from "./shuffled_classes.ts";
import type { Split } from "./stratified_split.ts";

/** How {@linkcode kFolds} divides. */
export interface KFoldsOptions {
  /** How many folds; at least 2. Default: 5. */
  readonly folds?: number;
  readonly random: Random;
}

/**
 * Stratified k-fold cross-validation: every image is in the validation part of exactly one fold. Folds differ by at
 * most one image in size, and by at most one image of any class.
 *
 * @param labels the class of each image; any integers
 * @throws {RangeError} if `folds` is not an integer of at least 2, or a class has fewer images than there are folds
 *
 * @example
 * ```ts
 * import { kFolds, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const folds = kFolds([0, 0, 0, 1, 1, 1], { folds: 3, random: new Random(1) });
 * assert.deepEqual(folds.map(({ validation }) => validation.length), [2, 2, 2]);
 * ```
 */
export function kFolds(
  labels: ArrayLike<number>,
  { folds = 5, random }: KFoldsOptions,
): readonly Split<"train" | "validation">[] {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new RangeError(`Cannot make folds: their number must be an integer of at least 2: current value is ${folds}`);
  }
  const classes = shuffledClasses(labels, random);
  for (const { label, indices } of classes) {
    if (indices.length < folds) {
      throw new RangeError(
        `Cannot make ${folds} folds: every class must have an image for each: class ${label} has ${indices.length}. ` +
          "Make fewer folds, or leave that class out.",
      );
    }
  }
  // Dealt like cards, class after class without starting over: that is what keeps both kinds of count within one.
  const foldOf = new Int32Array(labels.length);
  let dealt = 0;
  for (const { indices } of classes) {
    for (const index of indices) foldOf[index] = dealt++ % folds;
  }
  const all = Int32Array.from({ length: labels.length }, (_, index) => index);
  return Array.from({ length: folds }, (_, fold) => ({
    train: all.filter((index) => foldOf[index] !== fold),
    validation: all.filter((index) => foldOf[index] === fold),
  }));
}
