import pl, { type DataFrame } from "nodejs-polars";
import { formatCount, formatNumber } from "./format.ts";
import { element, escapeMarkup, type Markup, plainText } from "./markup.ts";
import { columnWidth } from "./text_width.ts";

/** What a cell of a frame can hold. */
type Cell = string | number | bigint | boolean | null;

/** A frame and how it is to be shown. */
export interface Table {
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
  /** Decimals in columns that are not all whole numbers; about four significant digits by default. */
  readonly digits?: number;
  /** Rows shown; 50 by default. All are saved. */
  readonly limit?: number;
}

/**
 * A table to show, from a polars frame or from records: a column for each key, in the order in which keys come up. Lists
 * in a cell are joined by commas; a column of mixed kinds becomes text.
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
  rows: DataFrame | readonly object[],
  { title, name, digits, limit = 50 }: TableOptions = {},
): Table {
  return { frame: isFrame(rows) ? rows : frameOf(rows), title, name, digits, limit };
}

/** A table of two columns from one record: names and values. */
export function factTable(facts: object): Table {
  const rows = Object.entries(facts).map(([name, value]) => ({ name, value: formatCell(cellOf(value), undefined) }));
  return table(rows, { limit: Infinity });
}

/** Whether `value` is a polars frame. */
export function isFrame(value: unknown): value is DataFrame {
  return pl.DataFrame.isDataFrame(value);
}

function frameOf(rows: readonly object[]): DataFrame {
  const records = rows.map((row) => new Map(Object.entries(row)));
  const names = [...new Set(records.flatMap((record) => [...record.keys()]))];
  return pl.DataFrame(Object.fromEntries(names.map((name) => {
    const cells = records.map((record) => cellOf(record.get(name)));
    const kinds = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell));
    return [name, kinds.size <= 1 ? cells : cells.map((cell) => cell === null ? null : String(cell))];
  })));
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value) || ArrayBuffer.isView(value)) {
        return Array.from(value as ArrayLike<unknown>, (item) => formatCell(cellOf(item), undefined)).join(", ");
      }
      return JSON.stringify(value);
    default:
      return value === undefined ? null : String(value);
  }
}

/** A table as HTML, in the viewer's own colours, and as text. */
export function renderTable({ frame, title, digits, limit }: Table): { readonly html: Markup; readonly text: string } {
  const rows = frame.head(Math.min(limit, frame.height)).rows() as Cell[][];
  const columns = frame.columns.map((name, place) => {
    const values = rows.map((row) => row[place]);
    const numeric = values.some(isNumber) && values.every((value) => isNumber(value) || value === null);
    const decimals = values.every((value) => Number.isInteger(value ?? 0)) ? undefined : digits;
    return { name: plainText(name), numeric, cells: values.map((value) => formatCell(value, decimals)) };
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

function formatCell(value: Cell, digits: number | undefined): string {
  if (value === null) return "";
  if (typeof value === "bigint") return formatCount(value);
  if (typeof value !== "number") return plainText(String(value));
  if (digits === undefined || !Number.isFinite(value)) return formatNumber(value);
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
