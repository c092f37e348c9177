import { classCounts } from "../data/class_counts.ts";
import type { Dataset } from "../data/dataset.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, seriesColors } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

const barsWidth = 340;
const numberWidth = 60;
const labelSize = 12;
const longestList = 40;

/**
 * How many images each class has: a bar for each class, in the dataset's order. Beyond 40 classes the bars are sorted
 * and thin, and the largest and the smallest classes are named.
 *
 * @throws {RangeError} if the dataset has no class
 */
export function classBalance(
  dataset: Pick<Dataset, "labels" | "classNames"> & { readonly name?: string },
  { title = dataset.name === undefined ? "Images of each class" : `${dataset.name}: images of each class`, name }:
    FigureOptions = {},
): Figure {
  const { classNames, labels } = dataset;
  if (classNames.length === 0) {
    throw new RangeError("Cannot draw the class balance: there must be at least one class: current value is 0 classes");
  }
  const counts = classCounts(dataset);
  const rows = classNames.map((label, index) => ({ label, count: counts[index] }));
  const sorted = rows.toSorted((one, other) => other.count - one.count);
  const drawn = rows.length <= longestList ? labelledBars(rows) : sortedBars(sorted);
  const [largest, smallest] = [sorted[0], sorted[sorted.length - 1]];
  const extent = largest.count === smallest.count
    ? `each with ${formatCount(largest.count)}`
    : `from ${formatCount(smallest.count)} (${smallest.label}) to ${formatCount(largest.count)} (${largest.label})`;
  return drawFigure({
    title,
    name,
    subtitle: `${formatCount(labels.length)} images`,
    summary: `${formatCount(labels.length)} images in ${formatCount(rows.length)} ` +
      `${rows.length === 1 ? "class" : "classes"}, ${extent}.`,
    ...drawn,
  });
}

interface Row {
  readonly label: string;
  readonly count: number;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly body: Markup;
}

function labelledBars(rows: readonly Row[]): Drawn {
  const pitch = 22;
  const longest = Math.min(180, Math.max(...rows.map(({ label }) => textWidth(label, labelSize))));
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const left = longest + 10;
  const body = rows.map(({ label, count }, place) => {
    const length = barsWidth * count / most;
    const baseline = pitch / 2 + 0.35 * labelSize;
    return element("g", { transform: `translate(0,${place * pitch + 6})` }, [
      element("title", {}, [escapeMarkup(`${label}: ${formatCount(count)}`)]),
      element("text", { x: left - 10, y: baseline, "text-anchor": "end" }, [
        escapeMarkup(fitText(label, { width: longest, size: labelSize })),
      ]),
      element("rect", { x: left, y: 2, width: length, height: pitch - 4, fill: seriesColors[0] }),
      element("text", { x: left + length + 6, y: baseline, fill: ink.muted }, [formatCount(count)]),
    ]);
  });
  return { width: left + barsWidth + numberWidth, height: rows.length * pitch + 6, body: body.join("") };
}

function sortedBars(sorted: readonly Row[]): Drawn {
  const width = 700;
  const height = 180;
  const most = Math.max(1, sorted[0].count);
  const pitch = width / sorted.length;
  const bars = sorted.map(({ label, count }, place) =>
    element("rect", {
      x: place * pitch,
      y: height - height * count / most,
      width: Math.max(0.5, pitch - (pitch > 4 ? 1 : 0)),
      height: height * count / most,
      fill: seriesColors[0],
    }, [element("title", {}, [escapeMarkup(`${label}: ${formatCount(count)}`)])])
  );
  const named = (rows: readonly Row[], { x, anchor }: { readonly x: number; readonly anchor: string }) =>
    rows.map(({ label, count }, place) =>
      element("text", { x, y: height + 20 + place * 17, "text-anchor": anchor, "font-size": 11 }, [
        escapeMarkup(`${fitText(label, { width: 240, size: 11 })} ${formatCount(count)}`),
      ])
    );
  const shown = 6;
  const body = element("g", { transform: "translate(0,8)" }, [
    ...bars,
    element("line", { y1: height, x2: width, y2: height, stroke: ink.muted }),
    ...named(sorted.slice(0, shown), { x: 0, anchor: "start" }),
    ...named(sorted.slice(-shown), { x: width, anchor: "end" }),
  ]);
  return { width, height: height + 30 + shown * 17, body };
}
