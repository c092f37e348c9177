import { shuffledClasses } from "../data/shuffled_classes.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { EstimatorRecipe } from "./estimator.ts";
import { type Instances, instancesAt } from "./instances.ts";

/** How {@linkcode outOfSampleProbabilities} goes about it. */
export interface OutOfSampleOptions<X extends Instances = Instances> {
  /** Makes the model of each fold; all are trained from scratch. */
  readonly estimator: EstimatorRecipe<X>;
  /** Parts, each predicted by a model that learnt from the others; at least 2, and no more than items. Default 5. */
  readonly folds?: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
}

/**
 * What models believe of items whose labels they have not seen: cross-validation, stratified as far as the classes go
 * round. The basis of confident learning (Northcutt, Jiang and Chuang, 2021, section 3).
 *
 * @returns `[items, classes]`, each row a distribution
 * @throws {RangeError} if there are fewer than two folds, or more than items
 *
 * @example
 * ```ts
 * import { matrix, outOfSampleProbabilities, probeRecipe, Random, selfConfidence } from "curio";
 * import assert from "node:assert/strict";
 *
 * const features = matrix([[0], [1], [2], [3], [7], [8], [9], [10]]);
 * const labels = Int32Array.of(0, 0, 0, 1, 1, 1, 1, 1); // the fourth is wrong
 * const estimator = probeRecipe({ classNames: ["low", "high"] });
 * const beliefs = await outOfSampleProbabilities(features, labels, { estimator, folds: 4, random: new Random(1) });
 * const doubted = selfConfidence(beliefs, labels);
 * assert.equal(doubted.indexOf(Math.min(...doubted)), 3);
 * ```
 */
export async function outOfSampleProbabilities<X extends Instances>(
  instances: X,
  labels: Int32Array,
  { estimator, folds = 5, random, signal }: OutOfSampleOptions<X>,
): Promise<Matrix> {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= labels.length)) {
    throw new RangeError(
      `Cannot cross-validate: the number of folds must be an integer in 2…${labels.length}, the items: ` +
        `current value is ${folds}`,
    );
  }
  // Dealt like cards, class after class: classes rarer than there are folds are let in.
  const dealt = shuffledClasses(labels, random.child("folds")).flatMap(({ indices }) => [...indices]);
  let whole: Matrix | undefined;
  for (let fold = 0; fold < folds; fold++) {
    const own = random.child(fold);
    const [known, unseen] = [false, true].map((seen) =>
      Int32Array.from(dealt.filter((_, place) => (place % folds === fold) === seen)).sort()
    );
    const model = await estimator.make(own.child("weights"));
    try {
      const answers = known.map((index) => labels[index]);
      await model.fit(instancesAt(instances, known), answers, { random: own.child("fit"), signal });
      signal?.throwIfAborted();
      const part = await model.probabilities(instancesAt(instances, unseen), { signal });
      const { columns } = part;
      whole ??= { rows: labels.length, columns, data: new Float32Array(labels.length * columns) };
      for (const [row, index] of unseen.entries()) whole.data.set(rowOf(part, row), index * columns);
    } finally {
      await model.dispose?.();
    }
  }
  return whole!;
}
