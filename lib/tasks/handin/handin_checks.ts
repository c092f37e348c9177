import { join } from "node:path";
import type { MetricsFile } from "../../report/metrics_file.ts";
import { readReports, type Reports } from "../grading/read_reports.ts";
import { largestFile } from "../grading/submission_files.ts";
import { loadTestImages, type TestImages } from "../grading/test_images.ts";
import { type Notebook, notebookName, readNotebook } from "../notebook_file.ts";
import { bytesText } from "../terminal.ts";
import { exercisesIn } from "./exercises_in.ts";
import type { HandinFiles } from "./handin_files.ts";
import type { HandinCheck } from "./handin_record.ts";
import { predictedMetricsFaults, shownMetricsFaults } from "./metrics_faults.ts";
import { runFaults } from "./run_faults.ts";

/** What {@linkcode notebookChecks} goes by. */
export interface NotebookChecksOptions {
  readonly reports: string;
  /** The test images of a dataset by its name, and their labels; those of the catalogue by default. */
  readonly testImagesOf?: (dataset: string) => Promise<TestImages>;
}

/** Checks notebooks against what they left in the reports: that they ran as they are, and that their numbers hold. */
export async function notebookChecks(
  notebooks: readonly string[],
  { reports, testImagesOf = loadOnce() }: NotebookChecksOptions,
): Promise<HandinCheck[]> {
  const found = await readReports(reports);
  const checks: HandinCheck[] = [];
  for (const path of notebooks) {
    const name = notebookName(path);
    const again = `deno task notebooks ${name}`;
    const executed = await readExecuted(join(reports, `${name}.ipynb`));
    checks.push({
      check: `${name} was run as it is, in order, from a fresh kernel`,
      ...verdict(
        typeof executed === "string" ? [executed] : runFaults(await readNotebook(path), executed),
        again,
      ),
    }, {
      check: `${name}: the metrics are those that it showed and that its predictions give`,
      ...verdict(await metricsFaults(name, { found, executed, testImagesOf }), again),
    });
    const exercises = typeof executed === "string" ? [] : exercisesIn(executed);
    if (exercises.length > 0) {
      const open = exercises.filter(({ state }) => state !== "done");
      checks.push({
        check: `${name}: its ${exercises.length} exercises are done`,
        ...verdict(open.map(({ exercise, state }) => `${exercise}: ${state}`), `do them, then ${again}`),
      });
    }
  }
  return checks;
}

/** Checks the report: that it could be written, and that its author has written what is theirs to write. */
export function reportCheck(
  state: { readonly fault: string } | { readonly unwritten: readonly string[] },
): HandinCheck {
  const check = "the report is there, with your own text in it";
  if ("fault" in state) return { check, ...verdict([state.fault], "mend reports/report.md as it says") };
  const faults = state.unwritten.map((block) => `nothing of yours in <!-- yours: ${block} -->`);
  return { check, ...verdict(faults, "write there in reports/report.md") };
}

/** Checks what is packed: no data, and not too much of anything. */
export function fileChecks({ files, leftOut }: HandinFiles, { limit }: { readonly limit: number }): HandinCheck[] {
  const total = files.reduce((sum, { content }) => sum + content.length, 0);
  const large = files.filter(({ content }) => content.length > largestFile);
  const faults = large.map(({ path, content }) => `${path} has ${bytesText(content.length)}`);
  if (total > limit) faults.push(`all together have ${bytesText(total)}`);
  return [{
    check: `no file above ${bytesText(largestFile)}, all together not above ${bytesText(limit)}`,
    ...verdict(faults, "show fewer pictures, or smaller ones, and run the notebook again"),
  }, {
    check: "no data and no weights among the sources",
    ...verdict(
      leftOut.map(({ path, bytes }) => `${path} (${bytesText(bytes)}) would be left out`),
      "move data into data/, and say in the report where it comes from",
    ),
  }];
}

function verdict(faults: readonly string[], remedy: string): Omit<HandinCheck, "check"> {
  return { passed: faults.length === 0, faults: [...faults], remedy: faults.length === 0 ? "" : remedy };
}

/** The executed notebook, or why there is none. */
async function readExecuted(path: string): Promise<Notebook | string> {
  try {
    return await readNotebook(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "it has not been executed";
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

interface MetricsSources {
  readonly found: Reports;
  readonly executed: Notebook | string;
  readonly testImagesOf: (dataset: string) => Promise<TestImages>;
}

async function metricsFaults(name: string, { found, executed, testImagesOf }: MetricsSources): Promise<string[]> {
  const metrics: MetricsFile | undefined = found.metrics[name];
  const unreadable = found.unreadable.filter(({ file }) => file.startsWith(`${name}.`));
  if (unreadable.length > 0) return unreadable.map(({ file, fault }) => `${file} cannot be read: ${fault}`);
  if (metrics === undefined) return [`there is no ${name}.metrics.json`];
  const shown = typeof executed === "string" ? [] : shownMetricsFaults(metrics, executed);
  const evidence = found.evidence[name];
  if (evidence === undefined) return shown;
  try {
    const testImages = await testImagesOf(evidence.test.name);
    return [...shown, ...predictedMetricsFaults(metrics, { evidence, testImages })];
  } catch (error) {
    return [...shown, `its test images cannot be had again: ${(error as Error).message}`];
  }
}

function loadOnce(): (dataset: string) => Promise<TestImages> {
  const loaded = new Map<string, Promise<TestImages>>();
  return (dataset) => loaded.getOrInsertComputed(dataset, () => loadTestImages(dataset));
}
