import type { Random } from "../runtime/random.ts";
import type { Answer, Oracle } from "./oracle.ts";

/**
 * How an annotator errs: with one probability whatever the class (`flip`: any other class is equally likely), or by a
 * confusion matrix, `confusion[i][j]` the probability that class i is called j; rows sum to 1.
 */
export type LabelNoise =
  | { readonly flip: number; readonly classCount: number }
  | { readonly confusion: readonly (readonly number[])[] };

/** Several annotators, each with errors of their own. */
export interface AnnotatorNoise {
  readonly annotators: readonly LabelNoise[];
  /**
   * Who answers: one annotator drawn for each item (`"one"`, default), or all of them, the majority winning and a draw
   * among the leaders decided by lot (`"majority"`).
   */
  readonly answering?: "one" | "majority";
}

/**
 * An oracle whose answers err. Each item draws its errors by its index, so an answer depends neither on when nor on with
 * whom it is asked, and asking again in another round is another draw.
 *
 * Symmetric and class-conditional noise as in Patrini et al. (2017), Making deep neural networks robust to label noise,
 * CVPR; annotators as in Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates.
 *
 * @throws {RangeError} if a probability is not in [0, 1] or a row does not sum to 1
 *
 * @example
 * ```ts
 * import { noisyOracle, Random, simulatedOracle } from "curio";
 * import assert from "node:assert/strict";
 *
 * const honest = simulatedOracle({ labels: [0, 1] });
 * const liar = noisyOracle(honest, { flip: 1, classCount: 2 });
 * assert.deepEqual(await liar.ask(Int32Array.of(0, 1), { random: new Random(1), round: 0 }), [1, 0]);
 * ```
 */
export function noisyOracle(oracle: Oracle, noise: LabelNoise | AnnotatorNoise): Oracle {
  const { annotators, answering = "one" } = "annotators" in noise ? noise : { annotators: [noise] };
  if (annotators.length === 0) {
    throw new RangeError("Cannot make a noisy oracle: there must be an annotator: current value is 0");
  }
  const confusions = annotators.map(confusionOf);
  const err = (truth: Answer, random: Random): Answer => {
    if (truth === null) return null;
    const answers = confusions.map((confusion, annotator) => draw(confusion[truth], random.child(annotator)));
    return answering === "one" ? answers[random.integer(answers.length)] : majority(answers, random);
  };
  return {
    ...oracle,
    describe: { kind: "noisy", confusions, answering, of: oracle.describe },
    async ask(indices, { onAnswer: _, ...options }) {
      const truths = await oracle.ask(indices, options);
      return truths.map((truth, place) => err(truth, options.random.child("noise").child(indices[place])));
    },
  };
}

function confusionOf(noise: LabelNoise): readonly (readonly number[])[] {
  const confusion = "confusion" in noise ? noise.confusion : symmetric(noise);
  for (const [label, row] of confusion.entries()) {
    const sum = row.reduce((total, probability) => total + probability, 0);
    const fits = row.length === confusion.length && row.every((p) => p >= 0 && p <= 1) && Math.abs(sum - 1) < 1e-6;
    if (!fits) {
      throw new RangeError(
        `Cannot make a noisy oracle: row ${label} of a confusion must hold ${confusion.length} probabilities that sum ` +
          `to 1: current value is [${row.join(", ")}]`,
      );
    }
  }
  return confusion;
}

function symmetric({ flip, classCount }: { readonly flip: number; readonly classCount: number }): number[][] {
  const classes = [...Array(classCount).keys()];
  return classes.map((i) => classes.map((j) => i === j ? 1 - flip : flip / (classCount - 1)));
}

function draw(probabilities: readonly number[], random: Random): number {
  let left = random.next();
  for (let label = 0; label < probabilities.length; label++) {
    left -= probabilities[label];
    if (left < 0) return label;
  }
  // Rounding has left a crumb: the last class that can be.
  return probabilities.findLastIndex((probability) => probability > 0);
}

function majority(answers: readonly number[], random: Random): number {
  const votes = new Map<number, number>();
  for (const answer of answers) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  const most = Math.max(...votes.values());
  const leaders = [...votes.keys()].filter((answer) => votes.get(answer) === most).sort((a, b) => a - b);
  return leaders[random.integer(leaders.length)];
}
