import { wholeTicks } from "../chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "../figure.ts";
import { formatCount } from "../format.ts";
import { element, escapeMarkup, type Markup } from "../markup.ts";
import { ink, seriesStyle } from "../palette.ts";
import { fitText, textWidth } from "../text_width.ts";
import type { Comparison } from "./compare_strategies.ts";
import type { Bounds } from "./labels_saved.ts";
import { boundsText, differenceText, type WrittenMeasure } from "./verdict.ts";

/** One line of a dot-and-interval plot. */
interface IntervalRow {
  readonly label: string;
  readonly strategy: string;
  /** Where the ends differ it is known only to lie between them. */
  readonly estimate: Bounds;
  readonly interval?: Bounds;
  readonly text: string;
}

const rowHeight = 24;
const plotWidth = 420;

/**
 * Labels saved against the baseline, a dot and its interval for each comparison ({@linkcode compareStrategies}). What is
 * known only from one side, because a target was never reached, ends in an arrow.
 *
 * @throws {RangeError} if there is no comparison
 */
export function labelsSavedPlot(
  comparisons: readonly Comparison[],
  { title = "Labels saved", name }: FigureOptions = {},
): Figure {
  const rows = rowsOf(comparisons, ({ saved }) => ({
    estimate: saved.saved,
    interval: saved.interval,
    text: boundsText(saved.saved),
  }));
  const targets = new Set(comparisons.map(({ saved }) => saved.target.toPrecision(3)));
  const few = comparisons.some(({ saved }) => saved.interval === undefined);
  return intervalPlot(rows, {
    title,
    name,
    subtitle: `Median over seeds, on the way to ${targets.size === 1 ? [...targets][0] : "each dataset's target"}` +
      (few ? "; no interval below 6 seeds" : "; line: its 95 % interval"),
    names: comparisons.map(({ strategy }) => strategy),
    axis: `labels saved against ${comparisons[0]?.baseline}`,
    tick: (value) => formatCount(value).replace("-", "−"),
    scale: 1,
  });
}

/**
 * Differences in normalised area under the learning curve from the baseline, a dot and its t interval for each comparison
 * ({@linkcode compareStrategies}).
 *
 * @throws {RangeError} if there is no comparison
 */
export function differencePlot(
  comparisons: readonly Comparison[],
  { title = "Difference in AULC", name, percent = true }: FigureOptions & WrittenMeasure = {},
): Figure {
  const rows = rowsOf(comparisons, ({ difference: { mean, low, high, pairs }, outcome }) => ({
    estimate: { low: mean, high: mean },
    interval: pairs > 1 ? { low, high } : undefined,
    text: `${differenceText(mean, percent)}${outcome === "better" || outcome === "worse" ? " *" : ""}`,
  }));
  const tested = comparisons.some(({ outcome }) => outcome !== "descriptive");
  return intervalPlot(rows, {
    title,
    name,
    subtitle: `Mean over seeds, paired; line: 95 % t interval; ${
      tested ? "* found by the sign-flip test after Holm's correction" : "descriptive only: too few seeds to test"
    }`,
    names: comparisons.map(({ strategy }) => strategy),
    axis: `${percent ? "points" : "difference"} against ${comparisons[0]?.baseline}`,
    tick: (value) => differenceText(value, percent),
    scale: percent ? 1000 : 1e6,
  });
}

function rowsOf(
  comparisons: readonly Comparison[],
  read: (comparison: Comparison) => Omit<IntervalRow, "label" | "strategy">,
): IntervalRow[] {
  if (comparisons.length === 0) {
    throw new RangeError(
      "Cannot draw intervals: there must be at least one comparison: current value is an empty list",
    );
  }
  const several = new Set(comparisons.map(({ setting }) => setting)).size > 1;
  return [...comparisons].sort((one, other) => other.difference.mean - one.difference.mean).map((comparison) => ({
    label: several ? `${comparison.strategy} (${comparison.setting})` : comparison.strategy,
    strategy: comparison.strategy,
    ...read(comparison),
  }));
}

interface IntervalPlotOptions extends FigureOptions {
  /** All strategies, in the order of the study, so that each has the colour of its learning curve. */
  readonly names: readonly string[];
  readonly title: string;
  readonly subtitle: string;
  readonly axis: string;
  readonly tick: (value: number) => string;
  /** Ticks are whole numbers of 1 ÷ `scale`. */
  readonly scale: number;
}

function intervalPlot(rows: readonly IntervalRow[], options: IntervalPlotOptions): Figure {
  const { axis, tick, scale, names } = options;
  const labelWidth = Math.min(200, Math.max(...rows.map(({ label }) => textWidth(label, 12)))) + 12;
  const textRoom = Math.max(...rows.map(({ text }) => textWidth(text, 11))) + 12;
  const known = rows.flatMap(({ estimate, interval }) =>
    [estimate, interval ?? estimate].flatMap(({ low, high }) => [low, high]).filter(Number.isFinite)
  );
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const air = 0.06 * (high - low || 1);
  const place = (value: number) => {
    const inside = Math.min(high + air, Math.max(low - air, value));
    return (inside - low + air) / (high - low + 2 * air) * plotWidth;
  };
  const height = rows.length * rowHeight;
  const ticks = wholeTicks((low - air) * scale, (high + air) * scale, 7).map((value) => value / scale);
  const drawn = rows.map((row, at) => {
    const { color, symbol } = seriesStyle(row.strategy, names);
    const y = (at + 0.5) * rowHeight;
    const { estimate, interval = estimate } = row;
    const dot = symbol === "circle"
      ? (x: number) => element("circle", { cx: x, cy: y, r: 4.5, fill: color })
      : (x: number) => element("rect", { x: x - 4, y: y - 4, width: 8, height: 8, fill: color });
    const thick = { stroke: color, "stroke-width": 5, "stroke-opacity": 0.45 };
    return [
      element("text", { x: -10, y: y + 4, "text-anchor": "end" }, [
        element("title", {}, [escapeMarkup(row.label)]),
        escapeMarkup(fitText(row.label, { width: labelWidth - 12, size: 12 })),
      ]),
      element("line", {
        x1: place(interval.low),
        x2: place(interval.high),
        y1: y,
        y2: y,
        stroke: color,
        "stroke-width": 2,
      }),
      ...arrows(interval, { y, color }),
      estimate.low === estimate.high
        ? dot(place(estimate.low))
        : element("line", { x1: place(estimate.low), x2: place(estimate.high), y1: y, y2: y, ...thick }),
      element("text", { x: plotWidth + 8, y: y + 4, "font-size": 11 }, [escapeMarkup(row.text)]),
    ].join("");
  });

  function arrows({ low, high }: Bounds, { y, color }: { readonly y: number; readonly color: string }): Markup[] {
    return [
      ...low === -Infinity
        ? [element("path", { d: `M6,${y - 5}l-6,5l6,5`, stroke: color, fill: "none", "stroke-width": 2 })]
        : [],
      ...high === Infinity
        ? [
          element("path", { d: `M${plotWidth - 6},${y - 5}l6,5l-6,5`, stroke: color, fill: "none", "stroke-width": 2 }),
        ]
        : [],
    ];
  }

  const body = element("g", { transform: `translate(${labelWidth},0)` }, [
    ...ticks.flatMap((value) => [
      element("line", {
        x1: place(value),
        x2: place(value),
        y2: height,
        stroke: value === 0 ? ink.baseline : ink.grid,
      }),
      element("text", { x: place(value), y: height + 16, "text-anchor": "middle", "font-size": 11 }, [tick(value)]),
    ]),
    ...drawn,
    element("text", { x: plotWidth / 2, y: height + 36, "text-anchor": "middle", fill: ink.muted }, [
      escapeMarkup(axis),
    ]),
  ]);
  return drawFigure({
    ...options,
    summary: `${axis}: ${rows.map(({ label, text }) => `${label} ${text}`).join("; ")}.`,
    width: labelWidth + plotWidth + textRoom,
    height: height + 42,
    body,
  });
}
