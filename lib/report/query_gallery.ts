import type { Dataset } from "../data/dataset.ts";
import type { Question, Round } from "../learning/round.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { formatCount, formatNumber } from "./format.ts";
import { gallery } from "./gallery.ts";

/** What {@linkcode queryGallery} may be told. */
export interface QueryGalleryOptions extends FigureOptions {
  /** Images shown, the most wanted first; default 20. */
  readonly count?: number;
}

/**
 * What a strategy asked in one round: each image with what the model took it for and how sure it was, its label, and the
 * strategy's score; the answer too, where it was not the label.
 *
 * @param pool the images that were asked about, with their labels
 * @throws {RangeError} if nothing was asked in the round
 */
export async function queryGallery(
  pool: Dataset,
  { round, strategy, labels, asked }: Pick<Round, "round" | "strategy" | "labels" | "asked">,
  { count = 20, name, title = `${strategy}, round ${round}: asked at ${formatCount(labels)} labels` }:
    QueryGalleryOptions = {},
): Promise<Figure> {
  if (asked.length === 0) {
    throw new RangeError(
      `Cannot show what was asked: the round must have asked something: current value is nothing in round ${round}. ` +
        "The last round of a run asks nothing; take one before it.",
    );
  }
  const shown = asked.slice(0, count);
  const believed = shown.every(({ prediction, confidence }) => prediction !== null && confidence !== null);
  return await gallery(pool, shown.map(({ index }) => index), {
    title,
    name,
    ...(believed && {
      predictions: shown.map(({ prediction }) => prediction!),
      scores: shown.map(({ confidence }) => confidence!),
    }),
    notes: shown.map((question) => noteOf(question, pool)),
  });
}

/** The score; and the answer, where it was not the truth. */
function noteOf({ index, score, label }: Question, { labels, classNames }: Dataset): string {
  const scored = score === null ? "no score" : `score ${formatNumber(Number(score.toPrecision(3)))}`;
  if (label === labels[index]) return scored;
  return `${scored}, ${label === null ? "no answer" : `answered ${classNames[label]}`}`;
}
