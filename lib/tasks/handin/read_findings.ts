import { join } from "node:path";
import pl from "nodejs-polars";
import type { Findings, FoundFigure, FoundRow, NotebookFindings } from "../../report/document/findings.ts";
import type { MetricsFile } from "../../report/metrics_file.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { type Notebook, type NotebookCell, readNotebook, sourceOf } from "../notebook_file.ts";
import { plainFilesIn, readReports } from "../grading/read_reports.ts";
import { outputText } from "./output_text.ts";

/** Whatever a cell with this tag says is quoted in the report. */
const conclusionTag = "conclusion";

/**
 * What the notebooks left in a reports folder. A figure that is missing there but stands in an executed notebook is
 * taken from it, and saved.
 *
 * @throws {SyntaxError} that names the file, if a metrics file or an executed notebook is damaged
 */
export async function readFindings(reports: string): Promise<Findings> {
  const found = await readReports(reports);
  const damaged = found.unreadable.find(({ file }) => file.endsWith(".metrics.json"));
  if (damaged) {
    throw new SyntaxError(
      `Cannot read ${join(reports, damaged.file)}: ${damaged.fault}. ` +
        `Write it anew: deno task notebooks ${damaged.file.replace(/\.metrics\.json$/, "")}`,
    );
  }
  const metrics = Object.values(found.metrics);
  const executed = new Map<string, Notebook>();
  for (const { notebook } of metrics) {
    const path = join(reports, `${notebook}.ipynb`);
    if (await isFile(path)) executed.set(notebook, await readNotebook(path));
  }
  const figures = await savedFigures(join(reports, "figures"));
  for (const notebook of executed.values()) await addShownFigures(notebook, { figures, reports });
  return {
    notebooks: metrics.map((found) => notebookFindings(found, executed.get(found.notebook))),
    figures,
    tables: await savedTables(join(reports, "tables")),
  };
}

function notebookFindings(metrics: MetricsFile, notebook: Notebook | undefined): NotebookFindings {
  const cells = notebook?.cells ?? [];
  const heading = cells.filter(({ cell_type }) => cell_type === "markdown").map(sourceOf).join("\n").match(/^# (.+)$/m);
  const concluding = cells.filter(({ metadata: { tags } }) => Array.isArray(tags) && tags.includes(conclusionTag));
  return {
    name: metrics.notebook,
    title: heading?.[1].trim() ?? metrics.notebook,
    metrics,
    conclusions: concluding.flatMap(sentencesOf),
  };
}

/** What a cell said, line by line; of a table of one column, its rows. */
function sentencesOf({ outputs = [] }: NotebookCell): string[] {
  return outputs.flatMap((output) => {
    const lines = (outputText(output, "text/plain") ?? "").split("\n");
    return /^─+$/.test(lines[1] ?? "") ? lines.slice(2) : lines;
  }).map((line) => line.trim()).filter(Boolean);
}

/** Pictures by name, the drawing before the pixels. */
async function savedFigures(folder: string): Promise<Map<string, FoundFigure>> {
  const figures = new Map<string, FoundFigure>();
  const names = await plainFilesIn(folder);
  for (const extension of [".png", ".svg"]) {
    for (const file of names.filter((name) => name.endsWith(extension))) {
      const [name, path] = [file.slice(0, -extension.length), `figures/${file}`];
      const summary = extension === ".svg" ? summaryOf(await Deno.readTextFile(join(folder, file))) : name;
      figures.set(name, { path, summary });
    }
  }
  return figures;
}

interface ShownIn {
  readonly figures: Map<string, FoundFigure>;
  readonly reports: string;
}

/** Adds what a notebook shows under a name that no saved figure has. */
async function addShownFigures(notebook: Notebook, { figures, reports }: ShownIn): Promise<void> {
  for (const cell of notebook.cells) {
    const name = /\bname: "([\w-]+)"/.exec(sourceOf(cell))?.[1];
    if (cell.cell_type !== "code" || name === undefined || figures.has(name)) continue;
    const drawings = (cell.outputs ?? []).map((output) => outputText(output, "image/svg+xml")).filter((svg) =>
      svg !== undefined
    );
    const pixels = (cell.outputs ?? []).map((output) => outputText(output, "image/png")).filter((png) =>
      png !== undefined
    );
    if (drawings.length + pixels.length === 0) continue;
    const path = `figures/${name}.${drawings.length > 0 ? "svg" : "png"}`;
    await writeFileAtomic(join(reports, path), drawings[0] ?? Uint8Array.fromBase64(pixels[0].replace(/\s/g, "")));
    figures.set(name, { path, summary: drawings.length > 0 ? summaryOf(drawings[0]) : name });
  }
}

/** What a figure says of itself, in words. */
function summaryOf(svg: string): string {
  const label = /^<svg [^>]*?aria-label="([^"]*)"/.exec(svg)?.[1] ?? "";
  const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return label.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => characters[name]);
}

async function savedTables(folder: string): Promise<Map<string, readonly FoundRow[]>> {
  const tables = new Map<string, readonly FoundRow[]>();
  for (const file of (await plainFilesIn(folder)).filter((name) => name.endsWith(".parquet"))) {
    tables.set(file.slice(0, -".parquet".length), pl.readParquet(join(folder, file)).toRecords() as FoundRow[]);
  }
  return tables;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
