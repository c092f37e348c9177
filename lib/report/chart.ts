import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, type SeriesStyle } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

/** A piece of a figure and the room that it takes, in CSS pixels. */
export interface Piece {
  readonly markup: Markup;
  readonly width: number;
  readonly height: number;
}

const { document } = parseHTML("<html><body></body></html>");

/** A chart by Observable Plot as a piece of a figure, with the house's letters and its left upper corner at (x, y). */
export function chart(
  options: Plot.PlotOptions & { readonly width: number; readonly height: number },
  { x = 0, y = 0 }: { readonly x?: number; readonly y?: number } = {},
): Piece {
  const { width, height } = options;
  const drawn = Plot.plot({ document, ...options, className: "curio-chart" });
  drawn.querySelector("style")?.remove(); // what it says is said by the attributes below
  const attributes = { x, y, width, height, overflow: "visible", "font-size": 12, "text-anchor": "middle" };
  return { markup: element("svg", attributes, [drawn.innerHTML]), width, height };
}

/** One entry of a legend. */
export interface LegendItem extends SeriesStyle {
  readonly label: string;
}

/** Series names beside a sample of their line, in as many rows as `width` asks for. */
export function legend(items: readonly LegendItem[], { width }: { readonly width: number }): Piece {
  const size = 12;
  const rowHeight = 20;
  const sample = 26;
  const gap = 18;
  let x = 0;
  let row = 0;
  const entries = items.map(({ label, color, dash, symbol }) => {
    const text = fitText(label, { width: width - sample - 6, size });
    const entryWidth = sample + 6 + textWidth(text, size);
    if (x > 0 && x + entryWidth > width) {
      x = 0;
      row++;
    }
    const entry = element("g", { transform: `translate(${x},${row * rowHeight + rowHeight / 2})` }, [
      element("line", { x2: sample, stroke: color, "stroke-width": 2, "stroke-dasharray": dash }),
      element("path", { d: symbolPath(symbol), transform: `translate(${sample / 2},0)`, fill: color }),
      element("text", { x: sample + 6, y: 4, "font-size": size }, [
        element("title", {}, [escapeMarkup(label)]),
        escapeMarkup(text),
      ]),
    ]);
    x += entryWidth + gap;
    return entry;
  });
  return { markup: entries.join(""), width, height: (row + 1) * rowHeight };
}

/** The outline of a symbol, about seven pixels across, around where the path stands; (0, 0) to begin with. */
export function symbolPath(symbol: SeriesStyle["symbol"]): string {
  switch (symbol) {
    case "circle":
      return "m-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z";
    case "square":
      return "m-3,-3h6v6h-6z";
    case "triangle":
      return "m0,-4.5l4,7.5h-8z";
    case "diamond2":
      return "m0,-4.5l4.5,4.5l-4.5,4.5l-4.5,-4.5z";
  }
}

/** Whole numbers for the ticks of an axis from `low` to `high`: at most about `count`, one, two or five steps of ten apart. */
export function wholeTicks(low: number, high: number, count = 10): number[] {
  const least = Math.max(1, (high - low) / count);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least)!;
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(Math.round(tick));
  return ticks;
}

/** Faint lines behind the marks, at the ticks of the y axis. */
export const grid: Plot.Markish = Plot.gridY({ stroke: ink.grid, strokeOpacity: 1, ticks: 6 });
