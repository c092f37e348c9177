import { join } from "node:path";
import { awardPoints, type AwardPointsOptions } from "../../report/award_points.ts";
import { reportsFolder } from "../../report/reports_folder.ts";
import { readReports, type Reports } from "../grading/read_reports.ts";
import { rangesOf, readReference } from "../grading/reference.ts";
import { loadTestImages, type TestImages } from "../grading/test_images.ts";
import { predictedMetricsFaults } from "./metrics_faults.ts";

/** What {@linkcode awardExperiment} is told. */
export interface AwardExperimentOptions extends Pick<AwardPointsOptions<unknown>, "points" | "screen" | "broadcast"> {
  /** Metrics that there must be, by name. */
  readonly metrics?: readonly string[];
  /** A file that `deno task grade --reference` made; then no metric may lie outside its range. */
  readonly reference?: string;
  /** The reports folder by default. */
  readonly folder?: string;
  /** The test images of a dataset by its name, with the labels that are believed; those of the catalogue by default. */
  readonly testImagesOf?: (dataset: string) => Promise<TestImages>;
}

/**
 * Checks what a notebook has written down, from a cell at its end, and gives its points as `awardPoints` does, all or
 * none: the metrics are of this run, those asked for are there, and the predictions that were recorded with them give
 * them again, by labels of the grader's own; with a reference, none lies outside its range.
 *
 * It believes the process that it runs in. What a model has learnt from, and whether the seed does anything, only
 * `deno task grade` sees, which watches from outside.
 *
 * @param notebook its name: `01_baseline_cnn`
 */
export async function awardExperiment(
  notebook: string,
  { metrics = [], reference, folder = reportsFolder(), testImagesOf = loadTestImages, ...award }:
    AwardExperimentOptions,
): Promise<void> {
  await awardPoints<Written>(notebook, {
    ...award,
    partial: false,
    answer: writtenBy(notebook, folder),
    expects: {
      "the metrics asked for are there": ({ metrics: written }) =>
        metrics.filter((name) => !(name in written.metrics)).map((name) => `${name} is missing`).join("; ") || true,
      "its predictions give its metrics": async ({ metrics: written, evidence }) => {
        const bare = metrics.filter((name) => !(name in (evidence?.metrics ?? {})));
        if (evidence === undefined || bare.length > 0) {
          return `nothing was recorded that gives ${bare.join(", ") || "them"}: hand writeMetrics the evidence`;
        }
        const testImages = await testImagesOf(evidence.test.name);
        return predictedMetricsFaults(written, { evidence, testImages }).join("; ") || true;
      },
      ...reference !== undefined && { "no metric lies outside the reference": inReference(reference) },
    },
  });
}

interface Written {
  readonly metrics: Reports["metrics"][string];
  readonly evidence: Reports["evidence"][string] | undefined;
}

/** Undefined where the notebook has written nothing since this process began; rejects where it cannot be read. */
async function writtenBy(notebook: string, folder: string): Promise<Written | undefined> {
  const { metrics, evidence, unreadable } = await readReports(folder);
  const damaged = unreadable.find(({ file }) => file.startsWith(`${notebook}.`));
  if (damaged) throw new SyntaxError(`${damaged.file}: ${damaged.fault}`);
  if (!(notebook in metrics)) return undefined;
  const { mtime } = await Deno.stat(join(folder, `${notebook}.metrics.json`));
  // Whoever ran before in this folder has left metrics too. File systems round times.
  const isFresh = mtime !== null && mtime.getTime() >= performance.timeOrigin - 2000;
  return isFresh ? { metrics: metrics[notebook], evidence: evidence[notebook] } : undefined;
}

function inReference(file: string): (written: Written) => Promise<boolean | string> {
  return async ({ metrics: { notebook, profile, metrics } }) => {
    const ranges = rangesOf((await readReference(file)).profiles[profile], notebook);
    if (ranges.size === 0) return `the reference knows nothing of ${notebook} in the ${profile} profile`;
    return Object.entries(metrics).flatMap(([name, { value }]) => {
      const range = ranges.get(name);
      return range && (value < range.low || value > range.high)
        ? [`${name} is ${value}; the reference is ${range.low.toFixed(4)} to ${range.high.toFixed(4)}`]
        : [];
    }).join("; ") || true;
  };
}
