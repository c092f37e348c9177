import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { reportsFolder } from "../report/reports_folder.ts";
import { checkNotebooks, type NotebookProblem, problemText } from "./check_notebooks.ts";
import { executeNotebook, type NotebookRun } from "./execute_notebook.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { codeOf, notebookName, readNotebook } from "./notebook_file.ts";
import { bytesText, duration, say, statusLine } from "./terminal.ts";

const usage = `deno task notebooks [--all] [NAME…] [--cell-seconds N] [--notebook-seconds N] [--reports FOLDER]

Executes notebooks headless: 01 to 03 by default, those named ("04", "04_query", a path), or --all.
CURIO_PROFILE (smoke, quick, full) says how much they compute.`;

/** Executes notebooks and writes the reports; the exit code is 0 only if none failed. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      "cell-seconds": { type: "string" },
      "notebook-seconds": { type: "string" },
      reports: { type: "string", default: reportsFolder() },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const reports = resolve(values.reports);
  const notebooks = await findNotebooks(positionals, { all: values.all });
  const limits = timeLimits(Deno.env.get("CURIO_PROFILE"));
  // Ctrl-C reaches the runner as well, which stops its kernel; this process waits for it and tells the outcome.
  let interrupted = false;
  Deno.addSignalListener("SIGINT", () => interrupted = true);
  const outcomes: Outcome[] = [];
  const problems = await checkAll(notebooks);
  if (interrupted) {
    say("Stopped before any notebook began.");
    return 130;
  }
  for (const notebook of notebooks) {
    const wrong = problems.filter((problem) => problem.notebook === notebook);
    const outcome = wrong.length > 0 ? reportProblems(notebook, wrong) : await executeOne(notebook, {
      reports,
      cellSeconds: Number(values["cell-seconds"] ?? limits.cellSeconds),
      notebookSeconds: Number(values["notebook-seconds"] ?? limits.notebookSeconds),
    });
    outcomes.push(outcome);
    if (interrupted || outcome === "stopped") break;
  }
  const [passed, skipped] = ["passed", "skipped"].map((kind) => outcomes.filter((each) => each === kind).length);
  const failed = outcomes.length - passed - skipped;
  const where = relative(Deno.cwd(), reports) || ".";
  say(`\nNotebooks ${interrupted ? "stopped" : failed > 0 ? "FAILED" : "passed"}; the reports are in ${where}/`);
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return interrupted || outcomes.includes("stopped") ? 130 : failed > 0 ? 1 : 0;
}

type Outcome = "passed" | "skipped" | "failed" | "stopped";

/** By profile: a smoke run that takes minutes hangs, a full one may take its time. */
function timeLimits(profile: string | undefined): { cellSeconds: number; notebookSeconds: number } {
  if (profile === "full") return { cellSeconds: 4 * 3600, notebookSeconds: 12 * 3600 };
  if (profile === "smoke") return { cellSeconds: 300, notebookSeconds: 600 };
  return { cellSeconds: 1800, notebookSeconds: 3600 };
}

async function checkAll(notebooks: readonly string[]): Promise<NotebookProblem[]> {
  const line = statusLine("Checking the cells:");
  const problems = await checkNotebooks(notebooks);
  line.end(problems.length === 0 ? "nothing wrong" : `${problems.length} wrong`);
  const elsewhere = problems.filter(({ notebook }) => !notebooks.includes(notebook));
  elsewhere.forEach((problem) => say(problemText(problem)));
  // Code below the notebooks that does not hold makes all of them fail.
  return elsewhere.length === 0 ? problems : notebooks.map((notebook) => ({ ...elsewhere[0], notebook }));
}

function reportProblems(notebook: string, problems: readonly NotebookProblem[]): Outcome {
  say(`${notebookName(notebook)}: FAILED, not executed`);
  for (const problem of problems) say(`  ${problemText({ ...problem, notebook: relative(Deno.cwd(), notebook) })}`);
  return "failed";
}

interface ExecuteOptions {
  readonly reports: string;
  readonly cellSeconds: number;
  readonly notebookSeconds: number;
}

async function executeOne(notebook: string, options: ExecuteOptions): Promise<Outcome> {
  const name = notebookName(notebook);
  const line = statusLine(`${name}:`);
  const started = Date.now();
  const run = await executeNotebook(notebook, {
    ...options,
    onCell: (number, of) => line.update(`cell ${number} of ${of}`),
  });
  const figures = `${duration(run.seconds)}, peak memory ${bytesText(run.peak)}`;
  if (run.outcome === "skipped") {
    line.end(`SKIPPED: ${run.message} (${figures})`);
    return "skipped";
  }
  if (run.outcome === "stopped") {
    line.end(`stopped in code cell ${run.cell} of ${run.of} (${figures})`);
    return "stopped";
  }
  if (run.outcome === "passed") {
    const metrics = join(options.reports, `${name}.metrics.json`);
    if (!/^\d\d_/.test(name) || await isFresh(metrics, started)) {
      line.end(`passed, ${run.of} cells (${figures})`);
      return "passed";
    }
    line.end(`FAILED: it ran to its end but wrote no ${relative(Deno.cwd(), metrics)} (${figures})`);
    return "failed";
  }
  line.end(`FAILED in code cell ${run.cell} of ${run.of} (${figures})`);
  await explain(notebook, run);
  return "failed";
}

async function isFresh(path: string, since: number): Promise<boolean> {
  const written = await Deno.stat(path).then(({ mtime }) => mtime?.getTime() ?? 0, () => 0);
  return written >= since - 2000; // file systems round times
}

/** The cell, its source and what it said. */
async function explain(notebook: string, { cell, message, trace }: NotebookRun): Promise<void> {
  say(`  ${relative(Deno.cwd(), notebook)}, code cell ${cell}:`);
  const source = codeOf(await readNotebook(notebook))[cell - 1] ?? "";
  for (const line of source.trimEnd().split("\n")) say(`    | ${line}`);
  const text = trace.includes(message) ? trace : [message, trace].filter(Boolean).join("\n");
  for (const line of text.split("\n")) say(`  ${line}`);
}
