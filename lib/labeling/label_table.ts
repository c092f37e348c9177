import { Buffer } from "node:buffer";
import pl, { type DataFrame } from "nodejs-polars";
import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";
import { pathOfReference } from "./image_reference.ts";
import { type LabelFile, labelFile, type LabelRecord } from "./label_record.ts";
import type { LabelStudioOptions } from "./label_studio_task.ts";
import { isLabelStudioTable, readLabelStudioRows } from "./read_label_studio_rows.ts";

/** The tables that labels are kept in: one row for each answer. */
export type TableFormat = "csv" | "jsonl" | "parquet";

const rowSchema = z.looseObject({
  path: z.string().min(1),
  label: z.union([z.string(), z.number().transform(String)]).nullish(),
  kind: z.enum(["label", "unsure", "skip"]).nullish().catch(undefined),
  annotator: z.union([z.string(), z.number().transform(String)]).nullish(),
  at: z.string().nullish(),
  seconds: z.coerce.number().nullish(),
});

/** What {@linkcode readTable} is told. */
export interface TableOptions extends LabelStudioOptions {
  /** Of the file, for messages. */
  readonly name: string;
  readonly format: TableFormat;
}

/**
 * Reads a table of answers: a column `path` (or `file`, `filename`, `image`), a column `label` (or `class`, `category`),
 * and if there are any `annotator`, `kind`, `at` (ISO 8601) and `seconds`; or one that Label Studio exports as `CSV` or
 * `TSV`.
 *
 * @throws {DataFormatError} if it is no such table
 */
export function readTable(bytes: Uint8Array, { name, format, ...options }: TableOptions): LabelFile {
  const rows = rowsIn(bytes, name, format);
  if (isLabelStudioTable(Object.keys(Object(rows[0])))) {
    return readLabelStudioRows(rows.map((row) => Object(row)), name, options);
  }
  const records = rows.map((raw, index): LabelRecord => {
    const named = Object.fromEntries(
      Object.entries(Object(raw)).map(([key, value]) => [key.trim().toLowerCase(), value]),
    );
    const row = {
      ...named,
      path: named.path ?? named.file ?? named.filename ?? named.image,
      label: named.label ?? named.class ?? named.category,
    };
    const { success, data, error } = rowSchema.safeParse(row);
    if (!success) {
      const rule = `row ${index + 1} must have a path and a label: ${error.issues[0].path}: ${error.issues[0].message}`;
      throw new DataFormatError({ file: name, rule, value: JSON.stringify(raw)?.slice(0, 80) ?? "nothing", remedy });
    }
    const labels = data.label == null || data.label === "" ? [] : [data.label];
    const at = Date.parse(data.at ?? "");
    return {
      path: pathOfReference(data.path),
      kind: labels.length > 0 ? "label" : data.kind === "skip" ? "skip" : "unsure",
      labels,
      annotator: data.annotator || "annotator",
      ...!Number.isNaN(at) && { at },
      ...data.seconds != null && { seconds: data.seconds },
    };
  });
  return labelFile({ records });
}

const remedy = "Name the columns path and label, one row for each answer.";

function rowsIn(bytes: Uint8Array, name: string, format: TableFormat): readonly unknown[] {
  try {
    const text = () => new TextDecoder().decode(bytes);
    if (format === "jsonl") {
      return text().split(/\r?\n/).filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
    }
    if (format === "parquet") return pl.readParquet(Buffer.from(bytes)).toRecords();
    // Everything as text: a class called 007 is no number.
    const sep = text().split("\n", 1)[0].includes("\t") ? "\t" : ",";
    return pl.readCSV(Buffer.from(bytes), { inferSchemaLength: 0, hasHeader: true, sep }).toRecords();
  } catch (error) {
    const rule = `it must be a table in ${format.toUpperCase()}: ${error instanceof Error ? error.message : error}`;
    throw new DataFormatError({ file: name, rule, value: `${bytes.length} bytes`, remedy });
  }
}

/** Answers as a table; `labels` (path → class name) says what each image is taken for in the end. */
export function writeTable(
  records: readonly LabelRecord[],
  { format, labels }: { readonly format: TableFormat; readonly labels: ReadonlyMap<string, string> },
): Uint8Array {
  const rows = records.map(({ path, kind, labels: own, annotator, at, seconds }) => ({
    ...{ path, label: own[0] ?? null, final: labels.get(path) ?? null, kind, annotator },
    at: at === undefined ? null : new Date(at).toISOString(),
    seconds: seconds ?? null,
  }));
  if (format === "jsonl") return new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const frame = tableOf(rows);
  return new Uint8Array(format === "csv" ? frame.writeCSV() : frame.writeParquet());
}

type Row = Readonly<Record<string, string | number | null>>;

function tableOf(rows: readonly Row[]): DataFrame {
  const column = (name: string, type: typeof pl.Utf8 | typeof pl.Float64) =>
    pl.Series(name, rows.map((row) => row[name]), type);
  const texts = ["path", "label", "final", "kind", "annotator", "at"];
  return pl.DataFrame([...texts.map((name) => column(name, pl.Utf8)), column("seconds", pl.Float64)]);
}
