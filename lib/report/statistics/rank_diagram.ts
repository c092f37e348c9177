import { drawFigure, type Figure, type FigureOptions } from "../figure.ts";
import { element, escapeMarkup } from "../markup.ts";
import { ink } from "../palette.ts";
import { fitText } from "../text_width.ts";
import type { Ranking } from "./rank_strategies.ts";

const side = 170;
const axisWidth = 420;
const top = 46;
const line = 22;

/**
 * Mean ranks over datasets on a line, best at the left, with the critical difference above it (Demšar, 2006, figure 1).
 * Bars join strategies that cannot be told apart. From {@linkcode rankStrategies}, which wants at least five datasets.
 */
export function rankDiagram(
  { ranks, datasets, criticalDifference, friedman }: Ranking,
  { title = "Mean ranks over datasets", name }: FigureOptions = {},
): Figure {
  const count = ranks.length;
  const place = (rank: number) => (rank - 1) / (count - 1) * axisWidth;
  const groups = ranks.flatMap(({ rank }, first) => {
    const last = ranks.findLastIndex((other) => other.rank - rank <= criticalDifference);
    const before = first === 0
      ? -1
      : ranks.findLastIndex((other) => other.rank - ranks[first - 1].rank <= criticalDifference);
    return last > first && last > before ? [[first, last]] : [];
  });
  const half = Math.ceil(count / 2);
  const barsHeight = 8 * groups.length + 6;
  const names = ranks.map(({ strategy, rank }, order) => {
    const isLeft = order < half;
    const level = top + barsHeight + line * (1 + (isLeft ? order : count - 1 - order));
    const [end, anchor] = isLeft ? [-10, "end"] : [axisWidth + 10, "start"];
    const text = `${fitText(strategy, { width: side - 50, size: 12 })} ${rank.toFixed(2)}`;
    return [
      element("path", { d: `M${place(rank)},${top}V${level}H${end}`, fill: "none", stroke: ink.muted }),
      element("text", { x: end + (isLeft ? -4 : 4), y: level + 4, "text-anchor": anchor }, [escapeMarkup(text)]),
    ].join("");
  });
  const length = Math.min(axisWidth, criticalDifference / (count - 1) * axisWidth);
  const p = friedman.p < 0.001 ? "< 0.001" : `= ${friedman.p.toFixed(3)}`;
  const height = top + barsHeight + line * half + 16;
  const body = element("g", { transform: `translate(${side},0)` }, [
    element("path", { d: `M0,4v8M${length},4v8M0,8H${length}`, stroke: ink.text, fill: "none" }),
    element("text", { x: length + 8, y: 12 }, [`critical difference ${criticalDifference.toFixed(2)}`]),
    element("line", { y1: top, x2: axisWidth, y2: top, stroke: ink.text }),
    ...Array.from(
      { length: count },
      (_, tick) =>
        element("line", { x1: place(tick + 1), x2: place(tick + 1), y1: top - 5, y2: top, stroke: ink.text }) +
        element("text", { x: place(tick + 1), y: top - 9, "text-anchor": "middle", "font-size": 11 }, [`${tick + 1}`]),
    ),
    ...names,
    ...groups.map(([first, last], at) => {
      const y = top + 8 + 8 * at;
      const [x1, x2] = [place(ranks[first].rank) - 3, place(ranks[last].rank) + 3];
      return element("line", { x1, x2, y1: y, y2: y, stroke: ink.text, "stroke-width": 4 });
    }),
  ]);
  return drawFigure({
    title,
    subtitle: `AULC on ${datasets} datasets; Friedman's test p ${p}; bars join what Nemenyi's test cannot tell apart`,
    name,
    summary: `Mean ranks, 1 is best: ${
      ranks.map(({ strategy, rank }) => `${strategy} ${rank.toFixed(2)}`).join(", ")
    }. ` +
      `Ranks closer than ${criticalDifference.toFixed(2)} cannot be told apart. Friedman's test: p ${p}.`,
    width: 2 * side + axisWidth,
    height,
    body,
  });
}
