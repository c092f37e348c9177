import { UMAP } from "umap-js";
import { gatherRows, type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { legend, symbolPath } from "./chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount } from "./format.ts";
import { element, escapeMarkup } from "./markup.ts";
import { ink, seriesStyle } from "./palette.ts";
import { principalComponents } from "./principal_components.ts";
import { fitText } from "./text_width.ts";

/** Items on a plane, where neighbours in the embedding lie side by side. */
export interface EmbeddingLayout {
  /** Rows of the embedding that were placed, ascending. */
  readonly items: Int32Array;
  /** `[items, 2]` */
  readonly points: Matrix;
}

/** What {@linkcode embeddingLayout} may be told. */
export interface EmbeddingLayoutOptions {
  /** Of the sample and of UMAP; the same one gives the same map. */
  readonly random: Random;
  /** Items placed at most, `include` besides; default 1,500. */
  readonly limit?: number;
  /** Items that must be among them, such as all that was asked. */
  readonly include?: Iterable<number>;
  /** UMAP's neighbours: small shows detail, large the whole; default 15. */
  readonly neighbours?: number;
}

/** Components that UMAP is given: what is beyond them is mostly noise, and distances get cheap. */
const components = 30;

/**
 * Puts embeddings on a plane: principal components, then UMAP (McInnes, Healy and Melville, 2018, "UMAP: Uniform Manifold
 * Approximation and Projection"). Neighbourhoods mean something on such a map; distances between clusters and their sizes
 * mean little.
 *
 * @param embeddings `[items, features]`
 * @throws {RangeError} if there are fewer than four items
 */
export function embeddingLayout(
  embeddings: Matrix,
  { random, limit = 1500, include = [], neighbours = 15 }: EmbeddingLayoutOptions,
): EmbeddingLayout {
  const sampled = random.child("sample").sample(embeddings.rows, Math.min(limit, embeddings.rows));
  const items = Int32Array.from(new Set([...sampled, ...include])).sort();
  if (items.length < 4) {
    throw new RangeError(`Cannot lay out embeddings: there must be at least four: current value is ${items.length}`);
  }
  const reduced = principalComponents(gatherRows(embeddings, items), {
    components,
    random: random.child("components"),
  });
  const draws = random.child("umap");
  const umap = new UMAP({ nNeighbors: Math.min(neighbours, items.length - 1), random: () => draws.next() });
  const placed = umap.fit(Array.from(items, (_, row) => [...rowOf(reduced, row)]));
  return { items, points: { rows: items.length, columns: 2, data: Float32Array.from(placed.flat()) } };
}

/** One panel of an {@linkcode embeddingMap}. */
export interface MapPicks {
  /** Stands above the panel: a strategy. */
  readonly name: string;
  /** Items that stand out, in the order in which they were asked. */
  readonly picks: ArrayLike<number>;
}

const panel = { width: 300, height: 260, gap: 16, heading: 24 };

/**
 * Where on the map of the embeddings ({@linkcode embeddingLayout}) strategies asked: a panel for each, all items faint in
 * the colour and shape of their class, what was asked as dark rings.
 *
 * @param panels at least one
 * @throws {RangeError} if there is no panel, or a pick was not laid out
 */
export function embeddingMap(
  { items, points }: EmbeddingLayout,
  panels: readonly MapPicks[],
  { labels, classNames, title = "Where strategies ask", name }: FigureOptions & {
    /** The class of each item of the embedding. */
    readonly labels: ArrayLike<number>;
    readonly classNames: readonly string[];
  },
): Figure {
  const places = new Map(Array.from(items, (item, row) => [item, row]));
  const stray = panels.flatMap(({ picks }) => Array.from(picks)).find((item) => !places.has(item));
  if (panels.length === 0 || stray !== undefined) {
    throw new RangeError(
      stray === undefined
        ? "Cannot draw a map: there must be at least one panel: current value is none"
        : `Cannot draw a map: every pick must have been laid out: current value is ${stray}. Give it to ` +
          "embeddingLayout() in `include`.",
    );
  }
  const columns = Math.min(3, panels.length);
  const width = columns * (panel.width + panel.gap) - panel.gap;
  const at = placer(points);
  const classes = classNames.map((className, label) => ({
    label: className,
    ...seriesStyle(`${label}`, ordinals(classNames)),
  }));
  const key = legend(classes.map((style) => ({ ...style, dash: "0 99" })), { width });
  const ground = classes.map(({ color, symbol }, label) => {
    const rows = [...items.keys()].filter((row) => labels[items[row]] === label);
    const outlines = rows.map((row) => `M${at(row).map((value) => value.toFixed(1)).join(",")}${symbolPath(symbol)}`);
    return element("path", { d: outlines.join(""), fill: color, "fill-opacity": 0.4 });
  }).join("");
  const drawn = panels.map((own, place) => {
    const x = (place % columns) * (panel.width + panel.gap);
    const y = key.height + 8 + Math.floor(place / columns) * (panel.heading + panel.height + panel.gap);
    return element("g", { transform: `translate(${x},${y})` }, [
      element("text", { y: 12, "font-weight": 600 }, [
        escapeMarkup(fitText(`${own.name}: ${formatCount(own.picks.length)} asked`, { width: panel.width, size: 13 })),
      ]),
      element("g", { transform: `translate(0,${panel.heading})` }, [
        element("rect", { width: panel.width, height: panel.height, fill: "none", stroke: ink.grid }),
        ground,
        ...Array.from(own.picks, (item) => {
          const [cx, cy] = at(places.get(item)!);
          return element("circle", { cx, cy, r: 4.5, fill: "none", stroke: ink.text, "stroke-width": 1.6 });
        }),
      ]),
    ]);
  });
  const rows = Math.ceil(panels.length / columns);
  return drawFigure({
    title,
    subtitle: `${
      formatCount(items.length)
    } items, placed by UMAP: neighbours are alike, distances between groups say little`,
    name,
    summary: panels.map((own) => `${own.name} asked ${balanceText(own, { labels, classNames })}.`).join(" "),
    width,
    height: key.height + 8 + rows * (panel.heading + panel.height + panel.gap) - panel.gap,
    body: key.markup + drawn.join(""),
  });
}

/** Class names may repeat or be those of reserved series; their numbers are neither. */
function ordinals(classNames: readonly string[]): string[] {
  return classNames.map((_, label) => `${label}`);
}

/** Where the item of a row stands in a panel: the map fills it, with some air. */
function placer(points: Matrix): (row: number) => [x: number, y: number] {
  const rows = Array.from({ length: points.rows }, (_, row) => rowOf(points, row));
  const [left, right] = [Math.min(...rows.map(([x]) => x)), Math.max(...rows.map(([x]) => x))];
  const [low, high] = [Math.min(...rows.map(([, y]) => y)), Math.max(...rows.map(([, y]) => y))];
  const air = 10;
  return (row) => {
    const [x, y] = rows[row];
    return [
      air + (x - left) / (right - left || 1) * (panel.width - 2 * air),
      panel.height - air - (y - low) / (high - low || 1) * (panel.height - 2 * air),
    ];
  };
}

function balanceText(
  { picks }: MapPicks,
  { labels, classNames }: { readonly labels: ArrayLike<number>; readonly classNames: readonly string[] },
): string {
  const counts = classNames.map((className, label) => ({
    className,
    count: Array.from(picks).filter((item) => labels[item] === label).length,
  })).filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
  const listed = counts.slice(0, 10).map(({ className, count }) => `${className} ${count}`).join(", ");
  return listed === "" ? "nothing" : listed + (counts.length > 10 ? ` and ${counts.length - 10} classes more` : "");
}
