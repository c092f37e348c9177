import { rowOf } from "../runtime/matrix.ts";
import type { Evaluation } from "../training/evaluation.ts";

/** One wrong prediction. */
export interface Mistake {
  /** Place of the image among those evaluated. */
  readonly index: number;
  readonly trueClass: string;
  readonly predictedClass: string;
  /** Probability of the class that was predicted. */
  readonly confidence: number;
  /** Probability that was left for the true class. */
  readonly trueProbability: number;
}

/** What {@linkcode worstMistakes} may be told. */
export interface WorstMistakesOptions {
  /** How many; 20 by default. */
  readonly count?: number;
}

/**
 * The wrong predictions that were made with the highest probability, most confident first: often images with a wrong or
 * a doubtful label.
 *
 * @returns at most `count` mistakes, fewer where fewer were made; equal confidences in the order of the images
 */
export function worstMistakes(evaluation: Evaluation, { count = 20 }: WorstMistakesOptions = {}): Mistake[] {
  const { labels, predictions, probabilities, classNames } = evaluation;
  const mistakes: Mistake[] = [];
  labels.forEach((label, index) => {
    const predicted = predictions[index];
    if (predicted === label) return;
    const row = rowOf(probabilities, index);
    mistakes.push({
      index,
      trueClass: classNames[label],
      predictedClass: classNames[predicted],
      confidence: row[predicted],
      trueProbability: row[label],
    });
  });
  return mistakes.sort((one, other) => other.confidence - one.confidence || one.index - other.index).slice(0, count);
}
