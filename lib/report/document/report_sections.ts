import { formatDuration, formatNumber, formatPercent } from "../format.ts";
import { accuracyRows, approaches } from "./accuracy_rows.ts";
import type { Findings, FoundRow, NotebookFindings } from "./findings.ts";
import { escapeMarkdown, type MarkdownColumn, markdownList, markdownTable } from "./markdown.ts";
import { reportBlock } from "./own_blocks.ts";
import type { OwnText } from "./own_text.ts";

// Each section is a list of pieces of Markdown, of which those that have nothing to say are empty.

/** The best of each approach, and the verdicts on the strategies. */
export function inShort(findings: Findings): string[] {
  const rows = accuracyRows(findings);
  const best = approaches.flatMap((approach) => {
    const own = rows.filter((row) => row.approach === approach);
    return own.length === 0 ? [] : [own.reduce((one, other) => other.accuracy > one.accuracy ? other : one)];
  });
  const said = best.map(({ approach, network, labels, by, accuracy, notebook }) => {
    const bought = labels.replace(/^[\d,]+/, "$& labels") + (by === "everything" ? "" : ` by ${by}`);
    const where = `${network}, notebook ${Number(notebook.slice(0, 2))}`;
    return `Best ${approach}: ${formatPercent(accuracy)} of the test images right, with ${bought} (${where}).`;
  });
  const verdicts = notebook(findings, "03")?.conclusions.filter((sentence) => /^(?:CNN|Probe): /.test(sentence)) ?? [];
  return said.length === 0 ? [] : ["**In short.**", markdownList([...said, ...verdicts])];
}

/** What notebook 1 found. */
export function customCnn(findings: Findings): string[] {
  const found = notebook(findings, "01");
  if (!found) return [missing("01")];
  return [
    markdownList([...accuracySentences(found), ...found.conclusions]),
    savedTable(findings, "01_architectures", [
      column("blocks"),
      column("filters"),
      column("kernelSize", { title: "kernel" }),
      column("accuracy", { title: "validation accuracy", format: percentOf }),
      column("seconds", { format: decimalsOf }),
    ]),
    figure(findings, "01_training"),
    figure(findings, "01_confusion"),
  ];
}

/** What notebook 2 found. */
export function pretrainedModel(findings: Findings): string[] {
  const found = notebook(findings, "02");
  if (!found) return [missing("02")];
  const [row = {}] = findings.tables.get("02_labels") ?? [];
  const table = savedTable(
    findings,
    "02_labels",
    Object.keys(row).map((key, place) => column(key, place === 0 ? {} : { format: percentOf })),
  );
  return [
    markdownList(found.conclusions),
    table && "Mean test accuracy by the number of labels of each class:",
    table,
    figure(findings, "02_labels"),
    figure(findings, "02_confusion"),
  ];
}

/** The learning curves of notebook 3. */
export function activeLearning(findings: Findings): string[] {
  if (!notebook(findings, "03")) return [missing("03")];
  return [
    "Each strategy is compared with random choice, from the same first labels; AULC is the mean test accuracy on the way.",
    figure(findings, "03_curves"),
    savedTable(findings, "03_comparison", [
      column("strategy"),
      column("seeds"),
      column("AULC %", { format: decimalsOf }),
      column("difference", { title: "points ahead of random", format: decimalsOf }),
      column("95 % interval"),
      column("p (Holm)"),
      column("found"),
    ]),
    figure(findings, "03_map"),
  ];
}

/** All accuracies in one table, the most effective strategy, and what active learning cost and saved. */
export function comparison(findings: Findings, own: OwnText): string[] {
  const table = markdownTable(accuracyRows(findings), [
    { title: "approach", of: ({ approach }) => approach },
    { title: "network", of: ({ network }) => network },
    { title: "labels", of: ({ labels }) => labels, numeric: true },
    { title: "labels by", of: ({ by }) => by },
    { title: "test accuracy", of: ({ accuracy }) => formatPercent(accuracy), numeric: true },
    { title: "±", of: ({ tolerance }) => formatPercent(tolerance), numeric: true },
    { title: "trained for", of: ({ seconds = NaN }) => formatDuration(seconds), numeric: true },
    { title: "notebook", of: ({ notebook }) => notebook.slice(0, 2) },
  ]);
  return [
    table,
    table &&
    "± is how far another machine's, or another seed's, value may lie from this one. Notebook 3 trains a narrower " +
      "network than notebook 1, hundreds of times: compare within a notebook.",
    ...["01", "02", "03"].filter((number) => !notebook(findings, number)).map(missing),
    figure(findings, "03_confusion"),
    reportBlock("comparison", own),
    "### The most effective strategy",
    ...mostEffective(findings),
    reportBlock("most-effective", own),
    "### What active learning changed",
    ...efficiency(findings),
    reportBlock("efficiency", own),
  ];
}

function mostEffective(findings: Findings): string[] {
  const found = notebook(findings, "03");
  if (!found) return [missing("03")];
  return [
    markdownList(found.conclusions),
    figure(findings, "03_difference"),
    figure(findings, "03_frozen_difference"),
  ];
}

function efficiency(findings: Findings): string[] {
  if (!notebook(findings, "03")) return [missing("03")];
  const seconds = new Map(findings.tables.get("03_seconds")?.map((row) => [row.strategy, row]));
  const compared: FoundRow[] = [...findings.tables.get("03_comparison") ?? [], { strategy: "random" }];
  return [
    "Labels needed to reach the accuracy that random choice reaches half-way, labels saved by it, and mean seconds of a " +
    "round: training, scoring the candidates, selecting among them.",
    markdownTable(compared.map((row): FoundRow => ({ ...seconds.get(row.strategy), ...row })), [
      column("strategy"),
      column("labels needed"),
      column("labels saved"),
      column("interval of labels saved", { title: "interval" }),
      column("train", { title: "train s", format: decimalsOf }),
      column("score", { title: "score s", format: decimalsOf }),
      column("select", { title: "select s", format: decimalsOf }),
    ]),
    figure(findings, "03_saved"),
  ];
}

/** A longer table is read by nobody. */
const mostMetrics = 12;

/** What every notebook beyond the three found. */
export function furtherNotebooks({ notebooks }: Findings): string[] {
  const further = notebooks.filter(({ name }) => !/^0[1-3]_/.test(name));
  return further.flatMap(({ name, title, metrics: { metrics }, conclusions }) => [
    `### ${escapeMarkdown(title)}`,
    markdownList(conclusions),
    markdownTable(Object.entries(metrics).slice(0, mostMetrics), [
      { title: "metric", of: ([metric]) => metric },
      { title: "value", of: ([, { value }]) => formatNumber(value), numeric: true },
      { title: "±", of: ([, { tolerance }]) => formatNumber(tolerance), numeric: true },
    ]),
    Object.keys(metrics).length > mostMetrics
      ? `All ${Object.keys(metrics).length} are in \`${name}.metrics.json\`.`
      : "",
  ]);
}

function accuracySentences({ metrics: { metrics: { testAccuracy, testMacroF1 } } }: NotebookFindings): string[] {
  if (testAccuracy === undefined) return [];
  const more = testMacroF1 === undefined ? "" : `; macro F1: ${formatPercent(testMacroF1.value)}`;
  return [`Test accuracy: ${formatPercent(testAccuracy.value)}${more}.`];
}

/** `number` as in `01`. */
function notebook({ notebooks }: Findings, number: string): NotebookFindings | undefined {
  return notebooks.find(({ name }) => name.startsWith(`${number}_`));
}

function missing(number: string): string {
  return `**Not there yet.** Run \`deno task notebooks ${number}\`, then \`deno task report\`.`;
}

function figure({ figures }: Findings, name: string): string {
  const found = figures.get(name);
  return found ? `![${escapeMarkdown(found.summary)}](${encodeURI(found.path)})` : "";
}

function savedTable({ tables }: Findings, name: string, columns: readonly MarkdownColumn<FoundRow>[]): string {
  return markdownTable(tables.get(name) ?? [], columns);
}

type Value = FoundRow[string];

/** A column of a table that a notebook saved, by its name there. */
function column(
  key: string,
  { title = key, format = textOf }: { readonly title?: string; readonly format?: (value: Value) => string } = {},
): MarkdownColumn<FoundRow> {
  return { title, of: (row) => format(row[key] ?? null), numeric: !/^(?:strategy|found|filters)$/.test(key) };
}

function textOf(value: Value): string {
  return value === null ? "–" : typeof value === "number" ? formatNumber(value) : String(value);
}

/** Two decimals, and a minus that is as wide as a plus. */
function decimalsOf(value: Value): string {
  return typeof value === "number" ? value.toFixed(2).replace("-", "−") : textOf(value);
}

function percentOf(value: Value): string {
  return typeof value === "number" ? formatPercent(value) : textOf(value);
}
