import type { SearchResult, Trial } from "../training/search.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatNumber } from "./format.ts";
import { heatMap } from "./heat_map.ts";
import { element, escapeMarkup } from "./markup.ts";
import { ink, shade } from "./palette.ts";
import { type Table, table, type TableOptions } from "./table.ts";
import { fitText } from "./text_width.ts";

/** A row for each trial, best first within the largest budget: hyperparameters, budget, score, seconds, error. */
export function searchTable(
  { trials }: Pick<SearchResult, "trials">,
  { title = "Search", digits = 4, ...options }: TableOptions = {},
): Table {
  const rows = [...trials].sort((one, other) => other.budget - one.budget || scoreOf(other) - scoreOf(one) || 0)
    .map(({ configuration, budget, score, seconds, error }) => ({
      ...configuration,
      budget,
      score,
      seconds,
      ...(error !== undefined && { error }),
    }));
  return table(rows, { title, digits, ...options });
}

function scoreOf({ score }: Trial): number {
  return score ?? -Infinity;
}

/**
 * Scores over two hyperparameters, the largest where several trials share a cell (other hyperparameters, other budgets).
 *
 * @throws {RangeError} if a hyperparameter has no value in any trial
 */
export function searchHeatMap(
  { trials, best }: SearchResult,
  { rows, columns, title = "Scores", name }: FigureOptions & {
    /** The hyperparameters at the left and below. */
    readonly rows: string;
    readonly columns: string;
  },
): Figure {
  const [left, below] = [rows, columns].map((parameter) => valuesOf(trials, parameter));
  const values = left.map((row) =>
    below.map((column) => {
      const here = trials.filter(({ score, configuration }) =>
        score !== null && configuration[rows] === row && configuration[columns] === column
      );
      return here.length > 0 ? Math.max(...here.map(scoreOf)) : NaN;
    })
  );
  const scores = values.flat().filter(Number.isFinite);
  const spread = Math.max(...scores) - Math.min(...scores);
  return heatMap({ rows: left.map(written), columns: below.map(written), values }, {
    title,
    name,
    subtitle: "The best of each cell; empty where nothing was tried, or all failed",
    summary: `The best score, ${formatNumber(scoreOf(best))}, is at ${configurationText(best)}.`,
    rowTitle: rows,
    columnTitle: columns,
    least: Math.min(...scores) - 0.15 * (spread || 1),
  });
}

function valuesOf(trials: readonly Trial[], parameter: string): (number | string | boolean)[] {
  const values = [...new Set(trials.map(({ configuration }) => configuration[parameter]))].filter((value) =>
    value !== undefined
  );
  if (values.length > 0) return values.sort((one, other) => one < other ? -1 : one > other ? 1 : 0);
  throw new RangeError(
    `Cannot draw a search: ${parameter} must be one of its hyperparameters: current values are ${
      Object.keys(trials[0]?.configuration ?? {}).join(", ") || "none"
    }`,
  );
}

function written(value: number | string | boolean): string {
  return typeof value === "number" ? formatNumber(value) : String(value);
}

function configurationText({ configuration }: Trial): string {
  return Object.entries(configuration).map(([name, value]) => `${name} ${written(value)}`).join(", ");
}

const axisGap = 130;
const axisHeight = 240;

/**
 * Parallel coordinates: an axis for each hyperparameter and one for the score, a line for each trial, darker the better,
 * the best one orange. Numbers that span two orders of magnitude or more are on a logarithmic axis.
 *
 * @throws {RangeError} if no trial has a score
 */
export function parallelCoordinates(
  { trials, best }: SearchResult,
  { title = "Hyperparameters and score", name }: FigureOptions = {},
): Figure {
  const scored = trials.filter(({ score }) => score !== null);
  if (scored.length === 0) {
    throw new RangeError("Cannot draw a search: at least one trial must have a score: current value is none");
  }
  const parameters = Object.keys(best.configuration);
  const axes = [
    ...parameters.map((parameter) => axisOf(parameter, scored.map(({ configuration }) => configuration[parameter]))),
    axisOf("score", scored.map(({ score }) => score!)),
  ];
  const rank = [...scored].sort((one, other) => scoreOf(one) - scoreOf(other));
  const lines = rank.map((trial, order) => {
    const values = [...parameters.map((parameter) => trial.configuration[parameter]), trial.score!];
    const points = values.map((value, axis) => `${axis * axisGap},${axes[axis].place(value).toFixed(1)}`);
    const isBest = trial === best;
    return element("polyline", {
      points: points.join(" "),
      fill: "none",
      stroke: isBest ? ink.wrong : shade(0.06 + 0.94 * (order + 1) / rank.length, "right"),
      "stroke-width": isBest ? 3 : 1.5,
      "stroke-opacity": isBest ? 1 : 0.8,
    });
  });
  // The best is drawn last, over the others.
  const place = rank.indexOf(best);
  const ordered = place < 0 ? lines : [...lines.filter((_, order) => order !== place), lines[place]];
  const drawnAxes = axes.map(({ label, ticks, place }, axis) => {
    const x = axis * axisGap;
    return [
      element("line", { x1: x, x2: x, y2: axisHeight, stroke: ink.text }),
      element("text", { x, y: axisHeight + 22, "text-anchor": "middle", "font-weight": 600 }, [
        escapeMarkup(fitText(label, { width: axisGap - 10, size: 12 })),
      ]),
      ...ticks.map((tick) =>
        element("text", {
          x: x + 6,
          y: place(tick) + 4,
          "font-size": 11,
          stroke: ink.background,
          "stroke-width": 3,
          "paint-order": "stroke",
        }, [
          escapeMarkup(fitText(written(tick), { width: axisGap - 20, size: 11 })),
        ])
      ),
    ].join("");
  });
  return drawFigure({
    title,
    subtitle: `${scored.length} trials, darker the better; orange: the best, ${formatNumber(scoreOf(best))}`,
    name,
    summary: `Of ${trials.length} trials the best scored ${formatNumber(scoreOf(best))}, with ${
      configurationText(best)
    }.`,
    width: 120 + (axes.length - 1) * axisGap,
    height: axisHeight + 40,
    body: element("g", { transform: "translate(50,8)" }, [...ordered, ...drawnAxes]),
  });
}

type Value = number | string | boolean;

interface Axis {
  readonly label: string;
  readonly ticks: readonly Value[];
  readonly place: (value: Value) => number;
}

function axisOf(label: string, values: readonly Value[]): Axis {
  const kinds = [...new Set(values)].sort((one, other) => one < other ? -1 : one > other ? 1 : 0);
  const numbers = kinds.filter((value) => typeof value === "number");
  if (numbers.length < kinds.length || kinds.length === 1) {
    const step = axisHeight / Math.max(1, kinds.length - 1);
    const place = (value: Value) => kinds.length === 1 ? axisHeight / 2 : axisHeight - kinds.indexOf(value) * step;
    return { label, ticks: kinds, place };
  }
  const [low, high] = [numbers[0], numbers[numbers.length - 1]];
  const scaled = low > 0 && high / low >= 100 ? Math.log : (value: number) => value;
  const place = (value: Value) =>
    axisHeight * (1 - (scaled(Number(value)) - scaled(low)) / (scaled(high) - scaled(low)));
  const between = numbers.filter((value) => numbers.length <= 6 || value === low || value === high);
  return { label, ticks: between, place };
}
