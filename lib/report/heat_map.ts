import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatNumber } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink, shade, textOn } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

/** What {@linkcode heatMap} draws. */
export interface HeatMapData {
  /** Names at the left, from above. */
  readonly rows: readonly string[];
  /** Names below, from the left. */
  readonly columns: readonly string[];
  /** `values[row][column]`, from 0 (white) to the largest (dark); NaN is left empty. */
  readonly values: readonly (readonly number[])[];
}

/** What {@linkcode heatMap} may be told. */
export interface HeatMapOptions extends FigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** What the picture says, in plain words and numbers. */
  readonly summary: string;
  /** What the rows and the columns are. */
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** How a number is written into its cell; about four digits by default. */
  readonly write?: (value: number) => string;
  /** The value that is darkest; the largest by default. */
  readonly most?: number;
  /** The value that is white; 0 by default. */
  readonly least?: number;
}

const letters = 11;
const longestName = 150;

/**
 * A matrix as shaded cells with their numbers in them.
 *
 * @throws {RangeError} if there is not one value for each row and column, or none at all
 */
export function heatMap(
  { rows, columns, values }: HeatMapData,
  { title, subtitle, name, summary, rowTitle, columnTitle, write = formatNumber, least = 0, most }: HeatMapOptions,
): Figure {
  const sizes = values.map(({ length }) => length);
  if (
    rows.length === 0 || columns.length === 0 || sizes.length !== rows.length || sizes.some((n) => n !== columns.length)
  ) {
    throw new RangeError(
      `Cannot draw a heat map: there must be a value for each of ${rows.length} × ${columns.length} cells: current value ` +
        `is rows of ${sizes.join(", ") || "nothing"}`,
    );
  }
  const darkest = most ?? Math.max(...values.flat().filter(Number.isFinite));
  const texts = values.map((row) => row.map((value) => Number.isNaN(value) ? "" : write(value)));
  const cell = {
    width: Math.max(30, ...texts.flat().map((text) => textWidth(text, letters) + 10)),
    height: 26,
  };
  const widest = (names: readonly string[]) =>
    Math.min(longestName, Math.max(...names.map((text) => textWidth(text, letters))));
  const left = widest(rows) + 8 + (rowTitle ? 18 : 0);
  const turned = widest(columns) > cell.width - 4;
  const below = (turned ? 0.71 * widest(columns) + 16 : 20) + (columnTitle ? 18 : 0);
  const [width, height] = [cell.width * columns.length, cell.height * rows.length];
  const cells = texts.flatMap((row, at) =>
    row.map((text, place) => {
      const [x, y] = [place * cell.width, at * cell.height];
      const value = values[at][place];
      // shade() takes square roots, for shares; here equal steps are equally dark.
      const share = Math.max(0, (value - least) / (darkest - least || 1)) ** 2;
      const fill = Number.isNaN(value) || share === 0 ? ink.background : shade(share, "right");
      return [
        element("rect", { x, y, ...cell, fill, stroke: ink.grid }),
        element("text", {
          x: x + cell.width / 2,
          y: y + cell.height / 2 + 4,
          "font-size": letters,
          "text-anchor": "middle",
          fill: textOn(fill),
        }, [escapeMarkup(text)]),
      ].join("");
    })
  );
  const nameOf = (text: string): Markup[] => [
    element("title", {}, [escapeMarkup(text)]),
    escapeMarkup(fitText(text, { width: longestName, size: letters })),
  ];
  const rowNames = rows.map((text, at) =>
    element(
      "text",
      { x: -6, y: (at + 0.5) * cell.height + 4, "font-size": letters, "text-anchor": "end" },
      nameOf(text),
    )
  );
  const columnNames = columns.map((text, place) => {
    const x = (place + 0.5) * cell.width;
    const where = turned
      ? { transform: `translate(${x + 3},${height + 12}) rotate(-45)`, "text-anchor": "end" }
      : { x, y: height + 15, "text-anchor": "middle" };
    return element("text", { ...where, "font-size": letters }, nameOf(text));
  });
  const quiet = { "text-anchor": "middle", fill: ink.muted, "font-size": 12 };
  const titles = [
    ...rowTitle
      ? [
        element("text", { transform: `translate(${10 - left},${height / 2}) rotate(-90)`, ...quiet }, [
          escapeMarkup(rowTitle),
        ]),
      ]
      : [],
    ...columnTitle
      ? [element("text", { x: width / 2, y: height + below - 4, ...quiet }, [escapeMarkup(columnTitle)])]
      : [],
  ];
  // Turned names reach out to the left of their cell.
  const room = Math.max(left, turned ? 0.71 * widest(columns) - cell.width / 2 + 4 : 0);
  return drawFigure({
    title,
    subtitle,
    name,
    summary,
    width: room + width,
    height: height + below,
    body: element("g", { transform: `translate(${room},0)` }, [...cells, ...rowNames, ...columnNames, ...titles]),
  });
}
