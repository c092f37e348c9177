import pl, { type DataFrame } from "nodejs-polars";
import { formatCount, formatNumber } from "./format.ts";
import { element, escapeMarkup, type Markup, plainText } from "./markup.ts";
import { columnWidth } from "./text_width.ts";

/** What a cell of a table can hold. */
export type Cell = string | number | bigint | boolean | null | undefined;

/** A frame and how it is to be shown. */
export interface Table {
  readonly kind: "table";
  readonly frame: DataFrame;
  readonly title?: string;
  /** What the files are called; a table with a name is saved when it is shown. */
  readonly name?: string;
  readonly digits?: number;
  readonly limit: number;
}

/** What {@linkcode table} may be told. */
export interface TableOptions {
  /** Stands above the table. */
  readonly title?: string;
  /** Saves the table as `reports/tables/<name>.csv` and `.parquet` when it is shown. */
  readonly name?: string;
  /** Decimals of numbers that are not whole; about four significant digits by default. */
  readonly digits?: number;
  /** Rows shown; 50 by default. All are saved. */
  readonly limit?: number;
}

/**
 * A table to show, from a polars frame or from records that all have the same keys.
 *
 * @example
 * ```ts
 * import { table } from "curio";
 * import assert from "node:assert/strict";
 *
 * const filters = table([{ filters: 32, accuracy: 0.908 }, { filters: 64, accuracy: 0.915 }], { digits: 3 });
 * assert.equal(filters.frame.height, 2);
 * ```
 */
export function table(
  rows: DataFrame | readonly Readonly<Record<string, Cell>>[],
  { title, name, digits, limit = 50 }: TableOptions = {},
): Table {
  return { kind: "table", frame: isFrame(rows) ? rows : frameOf(rows), title, name, digits, limit };
}

/** Whether `value` is a polars frame. */
export function isFrame(value: unknown): value is DataFrame {
  return pl.DataFrame.isDataFrame(value);
}

function frameOf(rows: readonly Readonly<Record<string, Cell>>[]): DataFrame {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return pl.DataFrame(Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)])));
}

/** A table as HTML, in the viewer's own colours, and as text. */
export function renderTable({ frame, title, digits, limit }: Table): { readonly html: Markup; readonly text: string } {
  const rows = frame.head(limit).rows() as Cell[][];
  const columns = frame.columns.map((name, place) => {
    const values = rows.map((row) => row[place]);
    const numeric = values.some(isNumber) && values.every((value) => isNumber(value) || isMissing(value));
    return { name: plainText(name), numeric, cells: values.map((value) => formatCell(value, digits)) };
  });
  const cut = frame.height > limit ? `… and ${formatCount(frame.height - limit)} rows more` : undefined;
  return { html: htmlOf(columns, { title, cut }), text: textOf(columns, { title, cut }) };
}

interface Column {
  readonly name: string;
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

interface Surroundings {
  readonly title?: string;
  /** Says how many rows are not shown. */
  readonly cut?: string;
}

function isNumber(value: Cell): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isMissing(value: Cell): value is null | undefined {
  return value === null || value === undefined;
}

function formatCell(value: Cell, digits: number | undefined): string {
  if (isMissing(value)) return "";
  if (typeof value === "bigint") return formatCount(value);
  if (typeof value !== "number") return plainText(String(value));
  if (digits === undefined || !Number.isFinite(value) || Number.isInteger(value)) return formatNumber(value);
  return value.toFixed(digits);
}

function htmlOf(columns: readonly Column[], { title, cut }: Surroundings): Markup {
  const align = ({ numeric }: Column) => ({ style: `text-align: ${numeric ? "right" : "left"}` });
  const rows = Array.from(
    { length: columns[0]?.cells.length ?? 0 },
    (_, row) =>
      element("tr", {}, columns.map((column) => element("td", align(column), [escapeMarkup(column.cells[row])]))),
  );
  const note = (text: string) => element("p", {}, [escapeMarkup(text)]);
  return [
    element("table", {}, [
      ...(title === undefined
        ? []
        : [element("caption", { style: "text-align: left; font-weight: bold" }, [escapeMarkup(title)])]),
      element("thead", {}, [
        element(
          "tr",
          {},
          columns.map((column) => element("th", { scope: "col", ...align(column) }, [escapeMarkup(column.name)])),
        ),
      ]),
      element("tbody", {}, rows),
    ]),
    ...(cut === undefined ? [] : [note(cut)]),
  ].join("");
}

function textOf(columns: readonly Column[], { title, cut }: Surroundings): string {
  const widths = columns.map(({ name, cells }) => Math.max(...[name, ...cells].map(columnWidth)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, place) => {
      const space = " ".repeat(widths[place] - columnWidth(cell));
      return columns[place].numeric ? space + cell : cell + space;
    }).join("  ").trimEnd();
  return [
    ...(title === undefined ? [] : [plainText(title)]),
    line(columns.map(({ name }) => name)),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) => line(columns.map(({ cells }) => cells[row]))),
    ...(cut === undefined ? [] : [cut]),
  ].join("\n");
}
