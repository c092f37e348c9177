import type { ExperienceRecord } from "../continual/experience_record.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount, formatPercent } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, shade } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

/** What {@linkcode experienceConfusions} may be told. */
export interface ExperienceConfusionsOptions extends FigureOptions {
  /** What each output unit stands for: the stream's `classNames`. */
  readonly classNames: readonly string[];
}

/** CSS pixels: the whole, the longest class name, a line of text, between two matrices. */
const [widest, longestName, line, gap] = [860, 90, 18, 16];

/**
 * Who is taken for whom after each experience, on the test images of all experiences learnt so far: a small confusion
 * matrix for each, true classes in rows, shaded by the share of the row. What is forgotten moves sideways, into the columns
 * of what was learnt last.
 *
 * @throws {RangeError} if nothing was learnt, or the records do not have one row for each class name
 */
export function experienceConfusions(
  records: readonly Pick<ExperienceRecord, "name" | "confusion">[],
  { classNames, title = "Confusion after each experience", name }: ExperienceConfusionsOptions,
): Figure {
  const classes = classNames.length;
  if (records.length === 0 || records.some(({ confusion }) => confusion.length !== classes)) {
    throw new RangeError(
      `Cannot draw confusions: there must be records, of ${classes} classes: current value is records of ${
        records.map(({ confusion }) => confusion.length).join(", ") || "nothing"
      }`,
    );
  }
  const cell = Math.max(4, Math.min(14, Math.floor(280 / classes)));
  const size = cell - 2;
  const named = size >= 8;
  const left = named ? Math.min(longestName, Math.max(...classNames.map((label) => textWidth(label, size)))) + 6 : 0;
  const side = Math.max(cell * classes, 120);
  const across = Math.max(1, Math.min(records.length, Math.floor((widest - left + gap) / (side + gap))));
  const down = line + cell * classes + gap;
  const shares = records.map(({ confusion }) => rightShare(confusion));
  const names = named
    ? classNames.map((label, row) =>
      element("text", { x: -6, y: line + (row + 1) * cell - 3, "font-size": size, "text-anchor": "end" }, [
        element("title", {}, [escapeMarkup(label)]),
        escapeMarkup(fitText(label, { width: longestName, size })),
      ])
    )
    : [];
  const body = records.map(({ name, confusion }, place) => {
    const [column, row] = [place % across, Math.floor(place / across)];
    const transform = `translate(${left + column * (side + gap)},${row * down})`;
    const heading = fitText(`${name}: ${formatPercent(shares[place])}`, { width: side, size: 12 });
    return element("g", { transform }, [
      element("text", { y: 11 }, [escapeMarkup(heading)]),
      ...(column === 0 ? names : []),
      element("g", { transform: `translate(0,${line})` }, [cells(confusion, cell)]),
    ]);
  });
  const images = records.at(-1)!.confusion.flat().reduce((sum, count) => sum + count, 0);
  const ends = records.map(({ name }, place) => `after ${name} ${formatPercent(shares[place])}`).join("; ");
  return drawFigure({
    title,
    subtitle: "rows: true class; columns: predicted class; blue is right, orange mistaken",
    name,
    summary: `Right of all test images of what was learnt so far: ${ends}. In the end ${formatCount(images)} images.`,
    width: left + across * (side + gap) - gap,
    height: Math.ceil(records.length / across) * down - gap,
    body: body.join(""),
  });
}

function rightShare(confusion: ExperienceRecord["confusion"]): number {
  const right = confusion.reduce((sum, row, unit) => sum + row[unit], 0);
  return right / Math.max(1, confusion.flat().reduce((sum, count) => sum + count, 0));
}

function cells(confusion: ExperienceRecord["confusion"], cell: number): Markup {
  const side = cell * confusion.length;
  const shaded = confusion.flatMap((row, unit) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, other) =>
      count === 0 ? [] : [element("rect", {
        x: other * cell,
        y: unit * cell,
        width: cell,
        height: cell,
        fill: shade(count / total, unit === other ? "right" : "mistaken"),
      })]
    );
  });
  return [
    ...shaded,
    element("rect", { width: side, height: side, fill: "none", stroke: ink.muted, "stroke-width": 0.5 }),
  ].join("");
}
