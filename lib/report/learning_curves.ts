import * as Plot from "@observablehq/plot";
import { chart, grid, legend } from "./chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount, formatNumber, formatPercent } from "./format.ts";
import { ink, seriesStyle } from "./palette.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** How a measure grew with the number of labels, in one run or several. */
export interface LearningCurve {
  readonly name: string;
  /** Labels at each point, growing. */
  readonly labels: ArrayLike<number>;
  /** Of each run (each seed), the measure at each point; a run that ended early has fewer. */
  readonly runs: readonly ArrayLike<number>[];
}

/** What {@linkcode learningCurves} may be told. */
export interface LearningCurvesOptions extends FigureOptions {
  /** What the band around the mean shows; the 95 % interval of the mean (Student's t over runs) by default. */
  readonly band?: Spread | "none";
  /** What the runs differ in, and so whose variance the band shows: `seeds: initial labels, weights, batch order`. */
  readonly varies?: string;
  /** What is measured; `test accuracy` by default. */
  readonly measure?: string;
  /** Whether the measure is a share, to be written in per cent; yes by default. */
  readonly percent?: boolean;
  /** What stands along the horizontal axis; `labels` by default. */
  readonly axis?: string;
  /** Whether that axis is logarithmic: for numbers that grow by a factor. No by default. */
  readonly logarithmic?: boolean;
  /** A level to compare with, such as the accuracy with all labels. */
  readonly reference?: { readonly label: string; readonly value: number };
  /** The names of all series of the study, so that a figure of a few keeps their colours; by default those drawn. */
  readonly names?: readonly string[];
}

interface Point {
  readonly series: string;
  readonly labels: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

const width = 700;
const height = 360;

/**
 * Mean learning curves over the number of labels, with a band for the variance over runs; the figure says which. No
 * band is drawn where there is one run only.
 *
 * @throws {RangeError} if there is no curve, a curve without a run, a run that is longer than `labels`, or a name used twice
 *
 * @example
 * ```ts
 * import { learningCurves } from "curio";
 * import assert from "node:assert/strict";
 *
 * const labels = [100, 200, 300];
 * const figure = learningCurves([
 *   { name: "random", labels, runs: [[0.70, 0.76, 0.79], [0.68, 0.75, 0.80]] },
 *   { name: "margin", labels, runs: [[0.70, 0.79, 0.83], [0.69, 0.78, 0.84]] },
 * ]);
 * assert.match(figure.summary, /margin 83.5 %/);
 * ```
 */
export function learningCurves(
  curves: readonly LearningCurve[],
  {
    title = "Learning curves",
    name,
    band = "interval",
    varies,
    measure = "test accuracy",
    percent = true,
    axis = "labels",
    logarithmic = false,
    reference,
    names = curves.map((curve) => curve.name),
  }: LearningCurvesOptions = {},
): Figure {
  checkCurves(curves);
  const points = curves.flatMap((curve) => pointsOf(curve, band === "none" ? "interval" : band));
  // A share cannot leave 0…1, though the interval of a mean over few runs may.
  const clip = (value: number) => percent ? Math.min(1, Math.max(0, value)) : value;
  const banded = band === "none" ? [] : points.filter(({ runs }) => runs > 1)
    .map((point) => ({ ...point, low: clip(point.low), high: clip(point.high) }));
  const places = [...new Set(points.map(({ labels }) => labels))];
  const styles = new Map(curves.map((curve) => [curve.name, seriesStyle(curve.name, names)]));
  const key = legend([...styles].map(([label, style]) => ({ label, ...style })), { width });
  const write = (value: number) => percent ? formatPercent(value) : formatNumber(value);
  const level = reference ? [reference] : [];
  const drawn = chart({
    width,
    height,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 40,
    x: logarithmic ? { type: "log" } : { nice: true },
    y: { nice: true },
    marks: [
      grid,
      Plot.axisX({
        ticks: logarithmic || places.length < 8 ? places : 8,
        tickSize: 4,
        label: axis,
        labelAnchor: "center",
        labelArrow: "none",
        tickFormat: formatCount,
      }),
      Plot.axisY({
        ticks: 6,
        tickSize: 0,
        label: measure,
        labelArrow: "none",
        tickFormat: percent ? (share: number) => `${Number((share * 100).toFixed(2))} %` : undefined,
      }),
      Plot.ruleY(level, { y: "value", stroke: ink.muted, strokeDasharray: "3 3" }),
      Plot.text(level, {
        y: "value",
        text: ({ label, value }: { label: string; value: number }) => `${label}: ${write(value)}`,
        frameAnchor: "right",
        textAnchor: "end",
        dx: -4,
        dy: -8,
        fill: ink.muted,
      }),
      ...[...styles].map(([series, { color }]) => bandOf(banded.filter((point) => point.series === series), color)),
      ...[...styles].flatMap(([series, { color, dash, symbol }]) => {
        const own = points.filter((point) => point.series === series);
        return [
          Plot.line(own, { x: "labels", y: "mean", stroke: color, strokeWidth: 2, strokeDasharray: dash }),
          ...own.length <= 30 ? [Plot.dot(own, { x: "labels", y: "mean", fill: color, symbol, r: 3 })] : [],
        ];
      }),
    ],
  }, { y: key.height });
  return drawFigure({
    title,
    subtitle: describeRuns(curves, { band: banded.length > 0 ? band : "none", varies }),
    name,
    summary: summarise(curves, { points, measure, axis, write, reference }),
    width,
    height: key.height + height,
    body: key.markup + drawn.markup,
  });
}

/** An area has no width at a single point: there it is a bar. */
function bandOf(points: readonly Point[], color: string): Plot.Markish {
  const range = { x: "labels", y1: "low", y2: "high" };
  return points.length === 1
    ? Plot.ruleX(points, { ...range, stroke: color, strokeWidth: 8, strokeOpacity: 0.16 })
    : Plot.areaY(points, { ...range, fill: color, fillOpacity: 0.16 });
}

function checkCurves(curves: readonly LearningCurve[]): void {
  const refuse = (rule: string, current: string) => {
    throw new RangeError(`Cannot draw learning curves: ${rule}: current value is ${current}`);
  };
  if (curves.length === 0) refuse("there must be at least one curve", "an empty list");
  for (const { name, labels, runs } of curves) {
    if (runs.length === 0 || labels.length === 0) refuse(`${name} must hold at least one run of one point`, "none");
    const long = runs.find((run) => run.length > labels.length);
    if (long) {
      refuse(`every run of ${name} must have at most as many points as labels, ${labels.length}`, `${long.length}`);
    }
    if (curves.filter((other) => other.name === name).length > 1) {
      refuse("every curve must have a name of its own", name);
    }
  }
}

function pointsOf({ name, labels, runs }: LearningCurve, spread: Spread): Point[] {
  return Array.from(labels, (count, place) => ({
    count,
    values: runs.filter((run) => run.length > place).map((run) => run[place]).filter(Number.isFinite),
  })).filter(({ values }) => values.length > 0).map(({ count, values }) => ({
    series: name,
    labels: count,
    runs: values.length,
    ...spreadOf(values, spread),
  }));
}

function describeRuns(
  curves: readonly LearningCurve[],
  { band, varies }: { readonly band: Spread | "none"; readonly varies?: string },
): string {
  const counts = curves.map(({ runs }) => runs.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return "One run each";
  const line = `Mean of ${least === most ? most : `${least} to ${most}`} runs`;
  const meaning = {
    none: "",
    interval: "; band: 95 % interval of the mean",
    deviation: "; band: one standard deviation over runs to each side",
    range: "; band: from the lowest run to the highest",
  };
  return line + (varies === undefined ? "" : `, different ${varies}`) + meaning[band];
}

function summarise(
  curves: readonly LearningCurve[],
  { points, measure, axis, write, reference }: {
    readonly points: readonly Point[];
    readonly measure: string;
    readonly axis: string;
    readonly write: (value: number) => string;
    readonly reference?: { readonly label: string; readonly value: number };
  },
): string {
  const last = curves.flatMap(({ name }) => points.filter(({ series }) => series === name).slice(-1))
    .sort((one, other) => other.mean - one.mean);
  const endings = last.map(({ series, labels, mean, low, high, runs }) =>
    `${series} ${write(mean)}${runs > 1 ? ` (${write(low)} to ${write(high)})` : ""} at ${formatCount(labels)} ${axis}`
  );
  const compared = reference ? ` ${reference.label}: ${write(reference.value)}.` : "";
  return `Mean ${measure} at the end: ${endings.join("; ")}.${compared}`;
}
