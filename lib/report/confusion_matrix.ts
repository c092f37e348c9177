import type { Evaluation } from "../training/evaluation.ts";
import { confusionOrder } from "./confusion_order.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount, formatPercent } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, shade, textOn } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";
import { type Confusion, topConfusions } from "./top_confusions.ts";

/** What {@linkcode confusionMatrix} draws: of an evaluation, or of a round of active learning, what was counted. */
export type CountedAnswers = Pick<
  Evaluation,
  "classNames" | "count" | "accuracy" | "accuracyInterval" | "confusion"
>;

/** What {@linkcode confusionMatrix} may be told. */
export interface ConfusionMatrixOptions extends FigureOptions {
  /** `classes` (the default): as in the dataset; `likeness`: classes taken for each other side by side. */
  readonly order?: "classes" | "likeness";
}

/**
 * Who is taken for whom: a row for each true class, a column for each predicted one. Shading is by the share of the
 * row, blue for what is right and orange for what is mistaken. Up to 20 classes the cells hold counts and up to 56
 * there are class names at the sides; from 21 on the most frequent mistakes are listed beside the matrix.
 *
 * @throws {RangeError} if there is no class
 */
export function confusionMatrix(
  evaluation: CountedAnswers,
  { title = "Confusion matrix", name, order = "classes" }: ConfusionMatrixOptions = {},
): Figure {
  const { classNames, confusion, count } = evaluation;
  if (classNames.length === 0) {
    throw new RangeError(
      "Cannot draw a confusion matrix: there must be at least one class: current value is 0 classes",
    );
  }
  const shown = order === "likeness" ? confusionOrder(confusion) : classNames.map((_, index) => index);
  const cell = cellSize(classNames.length);
  const side = cell * classNames.length;
  const labels = labelRoom(classNames, cell);
  const list = classNames.length > 20 ? topConfusions(evaluation, { count: listLength(side) }) : [];
  const left = 20 + labels.left;
  const top = legendHeight;
  const body = [
    shadingLegend,
    element("g", { transform: `translate(${left},${top})` }, [
      ...(classNames.length <= 20 ? [cellBorders(classNames.length, cell)] : []),
      cells(evaluation, { shown, cell }),
      element("rect", { width: side, height: side, fill: "none", stroke: ink.muted, "stroke-width": 0.5 }),
      ...(labels.left > 0 ? axisLabels(classNames, { shown, cell, room: labels }) : []),
      axisTitle("predicted class", { x: side / 2, y: side + labels.bottom + 16 }),
      axisTitle("true class", { x: -labels.left - 10, y: side / 2, turned: true }),
    ]),
    confusionList(list, { x: left + side + 28, y: top }),
  ].join("");
  const width = Math.max(left + side + (list.length > 0 ? 28 + listWidth : 0), legendWidth);
  return drawFigure({
    title,
    subtitle: `${formatCount(count)} images, ${formatPercent(evaluation.accuracy)} right` +
      (order === "likeness" ? "; classes taken for each other side by side" : ""),
    name,
    summary: summarise(evaluation),
    width,
    height: Math.max(top + side + labels.bottom + 22, list.length > 0 ? top + 24 + list.length * listLine : 0),
    body,
  });
}

function cellSize(classes: number): number {
  if (classes <= 4) return 64;
  if (classes <= 10) return 46;
  if (classes <= 20) return 36;
  return classes <= 56 ? Math.min(24, Math.floor(560 / classes)) : 560 / classes;
}

interface LabelRoom {
  readonly left: number;
  readonly bottom: number;
  readonly size: number;
  readonly longest: number;
  /** Degrees by which the names below are turned. */
  readonly turned: 0 | 45 | 90;
}

/** How much room the class names take; none where a cell is too small for a line of text. */
function labelRoom(classNames: readonly string[], cell: number): LabelRoom {
  if (cell < 10) return { left: 0, bottom: 0, size: 0, longest: 0, turned: 0 };
  const size = Math.min(12, cell * 0.9);
  const longest = Math.min(150, Math.max(...classNames.map((label) => textWidth(label, size))));
  const turned = longest <= cell - 4 ? 0 : cell < 1.6 * size ? 90 : 45;
  const bottom = { 0: size + 8, 45: longest * Math.SQRT1_2 + 14, 90: longest + 10 }[turned];
  return { size, longest, turned, left: longest + 8, bottom };
}

interface CellOptions {
  readonly shown: readonly number[];
  readonly cell: number;
}

function cells({ confusion, classNames }: CountedAnswers, { shown, cell }: CellOptions): Markup {
  const withText = classNames.length <= 20;
  const byFill = new Map<string, string[]>();
  const texts: Markup[] = [];
  const largest = confusion.reduce((most, row) => Math.max(most, ...row), 0);
  const size = Math.min(12, 12 * (cell - 6) / textWidth(formatCount(largest), 12));
  shown.forEach((trueIndex, row) => {
    const images = confusion[trueIndex].reduce((sum, taken) => sum + taken, 0);
    shown.forEach((predictedIndex, column) => {
      const taken = confusion[trueIndex][predictedIndex];
      if (taken === 0) return;
      const fill = shade(quantise(taken / images), trueIndex === predictedIndex ? "right" : "mistaken");
      const [x, y] = [round(column * cell), round(row * cell)];
      const path = byFill.get(fill) ?? [];
      path.push(`M${x},${y}h${round(cell)}v${round(cell)}h${round(-cell)}z`);
      byFill.set(fill, path);
      if (withText) {
        texts.push(element("text", {
          x: x + cell / 2,
          y: y + cell / 2 + 0.35 * size,
          "font-size": size,
          "text-anchor": "middle",
          fill: textOn(fill),
        }, [formatCount(taken)]));
      }
    });
  });
  const areas = [...byFill].map(([fill, path]) => element("path", { d: path.join(""), fill }));
  return areas.join("") + texts.join("");
}

function cellBorders(classes: number, cell: number): Markup {
  const side = classes * cell;
  const lines = Array.from({ length: classes - 1 }, (_, line) => (line + 1) * cell);
  return element("path", { d: lines.map((at) => `M0,${at}H${side}M${at},0V${side}`).join(""), stroke: ink.grid });
}

/** Fifty shades are as many as anybody can tell, and let cells share one path. */
function quantise(share: number): number {
  return Math.ceil(Math.sqrt(share) * 50) ** 2 / 2500;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function axisLabels(
  classNames: readonly string[],
  { shown, cell, room }: CellOptions & { readonly room: LabelRoom },
): Markup[] {
  const { size, longest, turned } = room;
  const side = cell * shown.length;
  return shown.flatMap((index, place) => {
    const middle = (place + 0.5) * cell;
    const content = [
      element("title", {}, [escapeMarkup(classNames[index])]),
      escapeMarkup(fitText(classNames[index], { width: longest, size })),
    ];
    const below = turned === 90
      ? { transform: `translate(${round(middle + 0.35 * size)},${side + 6}) rotate(-90)`, "text-anchor": "end" }
      : turned === 45
      ? { transform: `translate(${round(middle + 3)},${side + 10}) rotate(-45)`, "text-anchor": "end" }
      : { x: middle, y: side + 6 + size, "text-anchor": "middle" };
    return [
      element("text", { x: -6, y: middle + 0.35 * size, "font-size": size, "text-anchor": "end" }, content),
      element("text", { ...below, "font-size": size }, content),
    ];
  });
}

function axisTitle(
  text: string,
  { x, y, turned = false }: { readonly x: number; readonly y: number; readonly turned?: boolean },
): Markup {
  const transform = `translate(${round(x)},${round(y)})${turned ? " rotate(-90)" : ""}`;
  return element("text", { transform, "text-anchor": "middle", fill: ink.muted }, [text]);
}

const legendShares = [0.01, 0.05, 0.2, 0.5, 1];
const legendHeight = 46;
const legendLeft = 60;
const swatch = 36;
const legendWidth = legendLeft + legendShares.length * swatch + 150;

/** What the shades stand for, the same for all matrices. */
const shadingLegend: Markup = [
  ...(["right", "mistaken"] as const).map((scale, row) =>
    element("g", { transform: `translate(${legendLeft},${row * 13})` }, [
      element("text", { x: -8, y: 10, "font-size": 11, "text-anchor": "end" }, [scale]),
      ...legendShares.map((share, place) =>
        element("rect", { x: place * swatch, width: swatch, height: 12, fill: shade(share, scale) })
      ),
    ])
  ),
  ...legendShares.map((share, place) =>
    element("text", {
      x: legendLeft + (place + 0.5) * swatch,
      y: 36,
      "font-size": 10,
      "text-anchor": "middle",
      fill: ink.muted,
    }, [formatPercent(share, 0)])
  ),
  element("text", { x: legendLeft + legendShares.length * swatch + 8, y: 36, "font-size": 10, fill: ink.muted }, [
    "of the true class",
  ]),
].join("");

const listWidth = 340;
const listLine = 18;

function listLength(side: number): number {
  return Math.max(5, Math.min(25, Math.floor((side - 24) / listLine)));
}

function confusionList(list: readonly Confusion[], { x, y }: { readonly x: number; readonly y: number }): Markup {
  if (list.length === 0) return "";
  const size = 11;
  return element("g", { transform: `translate(${round(x)},${y})`, "font-size": size }, [
    element("text", { y: 10, "font-weight": 600, "font-size": 12 }, ["Most frequent mistakes"]),
    ...list.map(({ trueClass, predictedClass, count, share }, place) => {
      const [one, other] = [trueClass, predictedClass].map((label) =>
        fitText(label, { width: (listWidth - 100) / 2, size })
      );
      return element("text", { y: 32 + place * listLine }, [
        element("title", {}, [escapeMarkup(`${trueClass} → ${predictedClass}`)]),
        element("tspan", { x: 28, "text-anchor": "end", "font-weight": 600 }, [formatCount(count)]),
        element("tspan", { x: 36 }, [escapeMarkup(`${one} → ${other}`)]),
        element("tspan", { x: listWidth, "text-anchor": "end", fill: ink.muted }, [formatPercent(share, 0)]),
      ]);
    }),
  ]);
}

function summarise(evaluation: CountedAnswers): string {
  const { count, classNames, accuracy, accuracyInterval: [low, high] } = evaluation;
  const worst = topConfusions(evaluation, { count: 5 }).map(({ trueClass, predictedClass, count, share }) =>
    `${trueClass} for ${predictedClass} ${formatCount(count)} times (${formatPercent(share)} of ${trueClass})`
  );
  const classes = classNames.length === 1 ? "1 class" : `${formatCount(classNames.length)} classes`;
  return `${formatCount(count)} images in ${classes}, ${formatPercent(accuracy)} right ` +
    `(95 % interval ${formatPercent(low)} to ${formatPercent(high)}). ` +
    (worst.length === 0 ? "No class was mistaken for another." : `Most often mistaken: ${worst.join("; ")}.`);
}
