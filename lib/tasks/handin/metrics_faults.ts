import { formatNumber } from "../../report/format.ts";
import type { Evidence } from "../../report/evidence.ts";
import type { MetricsFile } from "../../report/metrics_file.ts";
import { rounding } from "../grading/check_metrics.ts";
import { recomputeMetrics } from "../grading/recompute_metrics.ts";
import type { TestImages } from "../grading/test_images.ts";
import { type Notebook, sourceOf } from "../notebook_file.ts";
import { outputText } from "./output_text.ts";

/** Metrics that the executed notebook, where it wrote them, shows otherwise or not at all, in sentences. */
export function shownMetricsFaults({ metrics }: Pick<MetricsFile, "metrics">, executed: Notebook): string[] {
  const lines = executed.cells.filter((cell) => sourceOf(cell).includes("writeMetrics("))
    .flatMap(({ outputs = [] }) => outputs.flatMap((output) => (outputText(output, "text/plain") ?? "").split("\n")))
    .map((line) => line.trim().replace(/^"/, ""));
  return Object.entries(metrics).flatMap(([name, { value }]) => {
    const shown = lines.flatMap((line) => line.startsWith(name) ? numberAfter(line.slice(name.length)) ?? [] : []);
    if (shown.includes(formatNumber(value)) || shown.includes(String(value))) return [];
    return [
      shown.length === 0
        ? `${name} is ${value} in the metrics file, and is not shown in the notebook`
        : `${name} is ${value} in the metrics file, and ${shown[0]} in the notebook`,
    ];
  });
}

/** `0.93` of `  0.93  0.05`, a row of a table, and of `": { value: 0.93, …`, an object. */
function numberAfter(rest: string): string | undefined {
  return /^"?:?\s*(?:\{ value:)?\s*(-?\d[\d.,]*(?:e[+-]?\d+)?)/.exec(rest)?.[1].replace(/[.,]+$/, "");
}

/** Metrics that do not follow from the predictions recorded with them, in sentences. */
export function predictedMetricsFaults(
  { metrics }: Pick<MetricsFile, "metrics">,
  { evidence, testImages }: { readonly evidence: Evidence; readonly testImages: TestImages },
): string[] {
  const recomputed = recomputeMetrics(evidence, testImages);
  return Object.entries(metrics).flatMap(([name, { value }]) => {
    const own = recomputed.get(name);
    if (own === undefined) return [];
    if ("fault" in own) return [`the evidence of ${name} cannot be used: ${own.fault}`];
    return Math.abs(own.value - value) > rounding
      ? [`${name} is ${value} in the metrics file, and ${formatNumber(own.value)} by its own predictions`]
      : [];
  });
}
