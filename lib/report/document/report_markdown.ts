import { accuracyRows, approaches } from "./accuracy_rows.ts";
import type { Findings, FoundRow, NotebookFindings } from "./findings.ts";
import { limitsOf } from "./limits.ts";
import { escapeMarkdown, type MarkdownColumn, markdownList, markdownTable } from "./markdown.ts";
import { ownBlock, type OwnText, sealed } from "./own_text.ts";
import { reproduction } from "./reproduction.ts";
import { formatDuration, formatNumber, formatPercent } from "../format.ts";

/** The blocks that are the author's, and what they are invited to write there. */
const invitations = {
  authors: "names, course, date",
  introduction: "the task in your own words, the data, what you expected",
  "custom-cnn": "why this network; what the curves and the matrix show",
  "pretrained-model": "what was carried over, and what was not",
  "active-learning": "how each strategy chooses, and what surprised you",
  comparison: "what may be compared in the table, and what it says",
  "most-effective": "whether you believe the verdict, and why",
  efficiency: "when asking is worth its time",
  limits: "what you would do with more time",
  conclusion: "what you take away from it",
} as const;

type BlockName = keyof typeof invitations;

/**
 * The report in Markdown: the sections of the assignment with what the notebooks found, and the author's own text where
 * it stood. A section whose notebook has not run says which to run.
 */
export function reportMarkdown(findings: Findings, own: OwnText): string {
  const written = writerOf(findings, own);
  const strangers = [...own].filter(([name]) => !(name in invitations));
  const sections = [
    ["Introduction", written.own("introduction")],
    ["Custom CNN", ...customCnn(written), written.own("custom-cnn")],
    ["Pretrained model", ...pretrainedModel(written), written.own("pretrained-model")],
    ["Active learning strategies", ...activeLearning(written), written.own("active-learning")],
    ["Comparison", ...comparison(written)],
    ["Limits", markdownList(limitsOf(findings.notebooks)), written.own("limits")],
    ["Conclusion", written.own("conclusion")],
    ...furtherNotebooks(findings.notebooks),
    ...strangers.length === 0 ? [] : [["Further text", ...strangers.map(([name, text]) => ownBlock(name, text))]],
    ["How to reproduce", ...reproduction(findings.notebooks)],
  ];
  return sealed(
    [
      "# Active learning for image classification",
      written.own("authors"),
      "<!-- `deno task report` writes all of this anew, but for what stands between a line `yours` and its `end`. -->",
      ...inShort(findings),
      ...sections.flatMap(([title, ...parts], index) => [`## ${index + 1}. ${title}`, ...parts]),
      "",
    ].filter((part, index, all) => part !== "" || index === all.length - 1).join("\n\n").trimEnd() + "\n\n",
  );
}

/** The blocks in which the author has written nothing yet. */
export function unwrittenBlocks(own: OwnText): string[] {
  return Object.keys(invitations).filter((name) => isBlank(own.get(name)));
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** What the sections are made with: each piece of text says what is missing where it is. */
interface Writer {
  readonly findings: Findings;
  own(name: BlockName): string;
  /** `number` as in `01`. */
  notebook(number: string): NotebookFindings | undefined;
  figure(name: string): string;
  table(name: string, columns: readonly MarkdownColumn<FoundRow>[]): string;
}

function writerOf(findings: Findings, own: OwnText): Writer {
  return {
    findings,
    own(name) {
      const block = ownBlock(name, own.get(name) ?? "\n");
      return isBlank(own.get(name)) ? `<!-- write below: ${invitations[name]} -->\n${block}` : block;
    },
    notebook: (number) => findings.notebooks.find(({ name }) => name.startsWith(`${number}_`)),
    figure(name) {
      const figure = findings.figures.get(name);
      return figure ? `![${escapeMarkdown(figure.summary)}](${encodeURI(figure.path)})` : "";
    },
    table(name, columns) {
      const rows = findings.tables.get(name) ?? [];
      return rows.length === 0 ? "" : markdownTable(rows, columns);
    },
  };
}

function missing(number: string): string {
  return `**Not there yet.** Run \`deno task notebooks ${number}\`, then \`deno task report\`.`;
}

/** The best of each approach, and the verdicts on the strategies. */
function inShort(findings: Findings): string[] {
  const rows = accuracyRows(findings);
  const best = approaches.flatMap((approach) => {
    const own = rows.filter((row) => row.approach === approach);
    return own.length === 0 ? [] : [own.reduce((one, other) => other.accuracy > one.accuracy ? other : one)];
  });
  const said = best.map(({ approach, network, labels, by, accuracy, notebook }) =>
    `Best ${approach}: ${formatPercent(accuracy)} of the test images right, with ` +
    `${labels.replace(/^[\d,]+/, "$& labels")}${by === "everything" ? "" : ` by ${by}`} (${network}, notebook ` +
    `${Number(notebook.slice(0, 2))}).`
  );
  const verdicts = findings.notebooks.filter(({ name }) => name.startsWith("03_")).flatMap(({ conclusions }) =>
    conclusions
  )
    .filter((sentence) => /^(?:CNN|Probe): /.test(sentence));
  return rows.length === 0 ? [] : ["**In short.**", markdownList([...said, ...verdicts])];
}

function customCnn({ notebook, figure, table }: Writer): string[] {
  const found = notebook("01");
  if (!found) return [missing("01")];
  return [
    markdownList([...accuracySentences(found), ...found.conclusions]),
    table("01_architectures", [
      column("blocks", "blocks"),
      column("filters", "filters"),
      column("kernelSize", "kernel"),
      column("accuracy", "validation accuracy", percentOf),
      column("seconds", "seconds", decimalsOf),
    ]),
    figure("01_training"),
    figure("01_confusion"),
  ];
}

function pretrainedModel({ notebook, figure, findings }: Writer): string[] {
  const found = notebook("02");
  if (!found) return [missing("02")];
  const rows = findings.tables.get("02_labels") ?? [];
  return [
    markdownList(found.conclusions),
    rows.length === 0 ? "" : "Mean test accuracy by the number of labels of each class:",
    rows.length === 0 ? "" : markdownTable(
      rows,
      Object.keys(rows[0]).map((key, place) => column(key, key, place === 0 ? textOf : percentOf)),
    ),
    figure("02_labels"),
    figure("02_confusion"),
  ];
}

function activeLearning({ notebook, figure, table }: Writer): string[] {
  const found = notebook("03");
  if (!found) return [missing("03")];
  return [
    "Each strategy is compared with random choice, from the same first labels; AULC is the mean test accuracy on the way.",
    figure("03_curves"),
    table("03_comparison", [
      column("strategy", "strategy"),
      column("seeds", "seeds"),
      column("AULC %", "AULC %", decimalsOf),
      column("difference", "points ahead of random", decimalsOf),
      column("95 % interval", "95 % interval"),
      column("p (Holm)", "p (Holm)"),
      column("found", "found"),
    ]),
    figure("03_map"),
  ];
}

function comparison(written: Writer): string[] {
  const { notebook, figure, own, findings } = written;
  const rows = accuracyRows(findings);
  const absent = ["01", "02", "03"].filter((number) => !notebook(number)).map(missing);
  return [
    rows.length === 0 ? "" : markdownTable(rows, [
      { title: "approach", of: ({ approach }) => approach },
      { title: "network", of: ({ network }) => network },
      { title: "labels", of: ({ labels }) => labels, numeric: true },
      { title: "labels by", of: ({ by }) => by },
      { title: "test accuracy", of: ({ accuracy }) => formatPercent(accuracy), numeric: true },
      { title: "±", of: ({ tolerance }) => formatPercent(tolerance), numeric: true },
      { title: "trained for", of: ({ seconds = NaN }) => formatDuration(seconds), numeric: true },
      { title: "notebook", of: ({ notebook }) => notebook.slice(0, 2) },
    ]),
    rows.length === 0
      ? ""
      : "± is how far another machine's, or another seed's, value may lie from this one. Notebook 3 trains a narrower " +
        "network than notebook 1, hundreds of times: compare within a notebook.",
    ...absent,
    figure("03_confusion"),
    own("comparison"),
    "### The most effective strategy",
    ...mostEffective(written),
    own("most-effective"),
    "### What active learning changed",
    ...efficiency(written),
    own("efficiency"),
  ];
}

function mostEffective({ notebook, figure }: Writer): string[] {
  const found = notebook("03");
  if (!found) return [missing("03")];
  return [markdownList(found.conclusions), figure("03_difference"), figure("03_frozen_difference")];
}

function efficiency({ notebook, figure, findings }: Writer): string[] {
  if (!notebook("03")) return [missing("03")];
  const seconds = new Map(findings.tables.get("03_seconds")?.map((row) => [row.strategy, row]));
  const compared = findings.tables.get("03_comparison") ?? [];
  const rows = compared.map((row) => ({ ...seconds.get(row.strategy), ...row }));
  const random = seconds.get("random");
  return [
    "Labels needed to reach the accuracy that random choice reaches half-way, labels saved by it, and mean seconds of a " +
    "round: training, scoring the candidates, selecting among them.",
    rows.length === 0 ? "" : markdownTable<FoundRow>([...rows, ...random ? [{ ...random, strategy: "random" }] : []], [
      column("strategy", "strategy"),
      column("labels needed", "labels needed"),
      column("labels saved", "labels saved"),
      column("interval of labels saved", "interval"),
      column("train", "train s", decimalsOf),
      column("score", "score s", decimalsOf),
      column("select", "select s", decimalsOf),
    ]),
    figure("03_saved"),
  ];
}

/** A longer table is read by nobody. */
const mostMetrics = 12;

/** A section with every notebook beyond the three, if there are any. */
function furtherNotebooks(notebooks: readonly NotebookFindings[]): string[][] {
  const further = notebooks.filter(({ name }) => !/^0[1-3]_/.test(name));
  if (further.length === 0) return [];
  return [[
    "Further notebooks",
    ...further.flatMap(({ name, title, metrics: { metrics }, conclusions }) => [
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
    ]),
  ]];
}

function accuracySentences({ metrics: { metrics } }: NotebookFindings): string[] {
  const { testAccuracy, testMacroF1 } = metrics;
  return testAccuracy === undefined ? [] : [
    `Test accuracy: ${formatPercent(testAccuracy.value)}` +
    (testMacroF1 === undefined ? "." : `; macro F1: ${formatPercent(testMacroF1.value)}.`),
  ];
}

function column(key: string, title: string, format = textOf): MarkdownColumn<FoundRow> {
  return { title, of: (row) => format(row[key] ?? null), numeric: !/^(?:strategy|found|filters)$/.test(key) };
}

function textOf(value: FoundRow[string]): string {
  return value === null ? "–" : typeof value === "number" ? formatNumber(value) : String(value);
}

/** Two decimals, and a minus that is as wide as a plus. */
function decimalsOf(value: FoundRow[string]): string {
  return typeof value === "number" ? value.toFixed(2).replace("-", "−") : textOf(value);
}

function percentOf(value: FoundRow[string]): string {
  return typeof value === "number" ? formatPercent(value) : textOf(value);
}
