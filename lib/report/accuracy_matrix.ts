import type { AccuracyMatrix } from "../continual/continual_metrics.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { formatPercent } from "./format.ts";
import { heatMap } from "./heat_map.ts";

/** What {@linkcode accuracyMatrix} may be told. */
export interface AccuracyMatrixOptions extends FigureOptions {
  /** One name for each experience of the stream; 1, 2, … by default. */
  readonly experiences?: readonly string[];
}

/**
 * The accuracy on each experience (a column) after learning each experience (a row), in per cent: what is forgotten fades
 * downwards.
 *
 * @throws {RangeError} if no experience was learnt, or the rows are not of one length
 */
export function accuracyMatrix(
  { accuracies }: AccuracyMatrix,
  { title = "Accuracy matrix", name, experiences }: AccuracyMatrixOptions = {},
): Figure {
  const columns = experiences ?? (accuracies[0] ?? []).map((_, place) => `${place + 1}`);
  const last = accuracies.at(-1) ?? [];
  const endings = last.slice(0, accuracies.length).map((share, place) => `${columns[place]} ${formatPercent(share)}`);
  return heatMap({ rows: columns.slice(0, accuracies.length), columns, values: accuracies }, {
    title,
    name,
    summary: `Accuracy after learning ${accuracies.length} of ${columns.length} experiences: ${endings.join("; ")}.`,
    rowTitle: "after learning",
    columnTitle: "accuracy on",
    most: 1,
    write: formatPercent,
  });
}
