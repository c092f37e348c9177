import type { Evaluation } from "../training/evaluation.ts";

/** How often images of one class were taken for another. */
export interface Confusion {
  readonly trueClass: string;
  readonly predictedClass: string;
  readonly count: number;
  /** `count` over the images of the true class. */
  readonly share: number;
}

/** What {@linkcode topConfusions} may be told. */
export interface TopConfusionsOptions {
  /** How many to list; 10 by default. */
  readonly count?: number;
}

/** The most frequent mistakes of one class for another, most frequent first; ties by share, then in class order. */
export function topConfusions(
  { confusion, classNames }: Pick<Evaluation, "confusion" | "classNames">,
  { count = 10 }: TopConfusionsOptions = {},
): Confusion[] {
  return confusion.flatMap((row, trueIndex) => {
    const images = row.reduce((sum, taken) => sum + taken, 0);
    return row.flatMap((taken, predictedIndex) =>
      taken === 0 || trueIndex === predictedIndex ? [] : [{
        trueClass: classNames[trueIndex],
        predictedClass: classNames[predictedIndex],
        count: taken,
        share: taken / images,
      }]
    );
  }).sort((one, other) => other.count - one.count || other.share - one.share).slice(0, count);
}
