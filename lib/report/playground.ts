import { rowOf } from "../runtime/matrix.ts";
import type { Play, PlayStep } from "../query/play_strategy.ts";
import type { ToyPlane } from "../query/toy_plane.ts";
import { type Piece, symbolPath } from "./chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatPercent } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, type SeriesStyle, seriesStyle } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

const panel = { width: 232, height: 172, gap: 14, heading: 34 };
const columns = 3;

/**
 * What strategies ask for on a toy pool: a panel for each step of each play, three in a row. Every item is a faint mark,
 * with a colour and a shape for each class; what is labelled stands out; black discs number what is asked for next, 1 the most
 * wanted. Lines are the decision boundaries of the probe, the faint cross the origin.
 *
 * @throws {RangeError} if there is no play
 *
 * @example
 * ```ts
 * import { entropySampling, playground, playStrategy, Random, randomSampling, toyPlane } from "curio";
 * import assert from "node:assert/strict";
 *
 * const plane = toyPlane(new Random("plane"));
 * const options = { random: new Random(1) };
 * const plays = [await playStrategy(randomSampling(), plane, options), await playStrategy(entropySampling(), plane, options)];
 * assert.match(playground(plays).summary, /entropy: the probe is right for/);
 * ```
 */
export function playground(
  plays: readonly Play[],
  { title = "What strategies ask for", name }: FigureOptions = {},
): Figure {
  if (plays.length === 0) {
    throw new RangeError("Cannot draw a playground: there must be at least one play: current value is an empty list");
  }
  const key = keyOf(plays[0].plane);
  const panels = plays.flatMap((play) => play.steps.map((step) => panelOf(play, step)));
  const rowHeight = panel.heading + panel.height + panel.gap;
  const placed = panels.map((markup, place) => {
    const x = (place % columns) * (panel.width + panel.gap);
    const y = key.height + Math.floor(place / columns) * rowHeight;
    return element("g", { transform: `translate(${x},${y})` }, [markup]);
  });
  return drawFigure({
    title,
    subtitle: "Each panel: what is labelled so far, and what the strategy asks for next",
    name,
    summary: plays.map(summarise).join(" "),
    width: columns * panel.width + (columns - 1) * panel.gap,
    height: key.height + Math.ceil(panels.length / columns) * rowHeight - panel.gap,
    body: key.markup + placed.join(""),
  });
}

function summarise({ strategy, plane, steps }: Play): string {
  const asked = steps.flatMap((step) => [...step.asked]);
  const within = (region: string) => asked.filter((item) => plane.regions[item] === region).length;
  const shares = steps.map(({ accuracy, labelled }) => `${formatPercent(accuracy)} at ${labelled.length} labels`);
  return `${strategy}: the probe is right for ${shares.join(", ")}; of ${asked.length} items asked for, ` +
    `${within("cluster")} lie in the dense cluster and ${within("outlier")} are outliers.`;
}

/** The faint, the labelled and the asked, each beside a word. */
function keyOf(plane: ToyPlane): Piece {
  const classes = classesOf(plane);
  const samples = (draw: (label: number, point: Point) => Markup) =>
    classes.map((label) => draw(label, [6 + 14 * label, 0])).join("");
  const entries: readonly [sample: Markup, width: number, label: string][] = [
    [samples((label, point) => faintMarks(label, [point])), 14 * classes.length, "unlabelled"],
    [samples(clearMark), 14 * classes.length, "labelled"],
    [disc([8, 0], 1), 18, "asked for, in this order"],
    [element("line", { x2: 22, ...boundaryStroke }), 24, "boundary of the probe"],
  ];
  let x = 0;
  const markup = entries.map(([sample, width, label]) => {
    const text = element("text", { x: width + 5, y: 4 }, [escapeMarkup(label)]);
    const entry = element("g", { transform: `translate(${x},10)` }, [sample, text]);
    x += width + 5 + textWidth(label, 12) + 18;
    return entry;
  });
  return { markup: markup.join(""), width: x, height: 28 };
}

type Point = readonly [x: number, y: number];

function panelOf({ strategy, plane }: Play, { labelled, asked, accuracy, weights }: PlayStep): Markup {
  const frame = frameOf(plane);
  const scale = Math.min(panel.width / (frame.right - frame.left), panel.height / (frame.top - frame.bottom));
  const place = ([x, y]: Point): Point => [
    panel.width / 2 + (x - (frame.left + frame.right) / 2) * scale,
    panel.heading + panel.height / 2 - (y - (frame.bottom + frame.top) / 2) * scale,
  ];
  const placeOf = (item: number): Point => {
    const [x, y] = rowOf(plane.points, item);
    return place([x, y]);
  };
  const line = (from: Point, to: Point, stroke: Readonly<Record<string, string | number>>) => {
    const [[x1, y1], [x2, y2]] = [place(from), place(to)];
    return element("line", { x1, y1, x2, y2, ...stroke });
  };
  const known = new Set(labelled);
  const count = labelled.length === 1 ? "1 label" : `${labelled.length} labels`;
  return [
    element("text", { y: 11, "font-weight": 600 }, [escapeMarkup(fitText(strategy, { width: panel.width, size: 13 }))]),
    element("text", { y: 26, fill: ink.muted }, [`${count} · probe ${formatPercent(accuracy)} right`]),
    element("rect", { y: panel.heading, width: panel.width, height: panel.height, fill: "none", stroke: ink.grid }),
    line([frame.left, 0], [frame.right, 0], { stroke: ink.grid }),
    line([0, frame.bottom], [0, frame.top], { stroke: ink.grid }),
    ...boundariesOf(weights, frame).map(([from, to]) => line(from, to, boundaryStroke)),
    ...classesOf(plane).map((label) => {
      const items = [...plane.labels.keys()].filter((item) => plane.labels[item] === label && !known.has(item));
      return faintMarks(label, items.map(placeOf));
    }),
    ...Array.from(labelled, (item) => clearMark(plane.labels[item], placeOf(item))),
    ...Array.from(asked, (item, order) => disc(placeOf(item), order + 1)).reverse(), // the most wanted on top
  ].join("");
}

const boundaryStroke = { stroke: ink.muted, "stroke-width": 1.2, "stroke-dasharray": "4 3" };

function classesOf({ classCount }: ToyPlane): number[] {
  return Array.from({ length: classCount }, (_, label) => label);
}

function styleOf(label: number): SeriesStyle {
  const classes = Array.from({ length: label + 1 }, (_, index) => `class ${index}`);
  return seriesStyle(classes[label], classes);
}

/** All in one path: a figure has thousands. */
function faintMarks(label: number, points: readonly Point[]): Markup {
  const { color, symbol } = styleOf(label);
  const outlines = points.map(([x, y]) => `M${x.toFixed(1)},${y.toFixed(1)}${symbolPath(symbol)}`);
  return element("path", { d: outlines.join(""), fill: color, "fill-opacity": 0.3 });
}

function clearMark(label: number, [x, y]: Point): Markup {
  const { color, symbol } = styleOf(label);
  const transform = `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(1.35)`;
  return element("path", { d: symbolPath(symbol), transform, fill: color, stroke: ink.text });
}

function disc([x, y]: Point, order: number): Markup {
  return element("g", { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` }, [
    element("circle", { r: 6.5, fill: ink.text, stroke: ink.background, "stroke-width": 1 }),
    element("text", { y: 3.2, "font-size": 9, fill: ink.background, "text-anchor": "middle" }, [`${order}`]),
  ]);
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** What holds every item, with some air. */
function frameOf({ points }: ToyPlane): Frame {
  const across = Array.from({ length: points.rows }, (_, item) => rowOf(points, item)[0]);
  const up = Array.from({ length: points.rows }, (_, item) => rowOf(points, item)[1]);
  const air = 0.3;
  return {
    left: Math.min(...across) - air,
    right: Math.max(...across) + air,
    bottom: Math.min(...up) - air,
    top: Math.max(...up) + air,
  };
}

/** For each two classes, the part of the line between them inside the frame where no third class is likelier. */
function boundariesOf(weights: Float64Array, { left, right, bottom, top }: Frame): [Point, Point][] {
  const rows = Array.from({ length: weights.length / 3 }, (_, label) => weights.subarray(3 * label, 3 * label + 3));
  const box = [[1, 0, -left], [-1, 0, right], [0, 1, -bottom], [0, -1, top]];
  return rows.flatMap((one, index) =>
    rows.slice(index + 1).flatMap((other): [Point, Point][] => {
      const less = (third: Float64Array) => [one[0] - third[0], one[1] - third[1], one[2] - third[2]];
      const [a, b, c] = less(other);
      const square = a * a + b * b;
      if (square === 0) return []; // nothing learnt yet
      const at = (along: number): Point => [(-a * c - b * along) / square, (-b * c + a * along) / square];
      let [low, high] = [-Infinity, Infinity];
      for (const [p, q, r] of [...box, ...rows.filter((row) => row !== one && row !== other).map(less)]) {
        const slope = (q * a - p * b) / square;
        const value = r - c * (p * a + q * b) / square;
        if (slope > 0) low = Math.max(low, -value / slope);
        else if (slope < 0) high = Math.min(high, -value / slope);
        else if (value < 0) return []; // parallel, on the wrong side
      }
      return low < high ? [[at(low), at(high)]] : [];
    })
  );
}
