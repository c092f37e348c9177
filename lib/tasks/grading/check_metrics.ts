import type { Evidence } from "../../report/evidence.ts";
import { unpackHashes } from "../../runtime/hash64.ts";
import { predictionDigest, type Recomputed, recomputeMetrics } from "./recompute_metrics.ts";
import type { ReferenceRange } from "./reference.ts";
import type { NotebookRerun } from "./submission_record.ts";
import type { TestImages } from "./test_images.ts";
import type { TrailSummary } from "./trail_summary.ts";
import type { Finding } from "./verdict.ts";

/** A stated number may be rounded; what lies further from the grader's own is another number. */
export const rounding = 0.001;

/** A metric of a re-execution, and what the grader makes of it. */
export interface CheckedMetric {
  readonly value: number;
  readonly recomputed: number | null;
  /** Whether the grader's own computation gives it, and the library saw the predictions that it rests on. */
  readonly confirmed: boolean;
  readonly range: ReferenceRange | undefined;
}

/** What {@linkcode checkMetrics} goes by. */
export interface CheckMetricsOptions {
  readonly testImages: TestImages;
  /** Of the notebook in the profile of the re-execution, by metric. */
  readonly ranges: ReadonlyMap<string, ReferenceRange>;
}

/**
 * Holds what a re-executed notebook stated against its evidence, its evidence against what the library saw, and all of
 * it against the reference.
 */
export function checkMetrics(
  { notebook, metrics, evidence, trail }: NotebookRerun,
  { testImages, ranges }: CheckMetricsOptions,
): { readonly metrics: ReadonlyMap<string, CheckedMetric>; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const found = (cause: Finding["cause"], text: string) => findings.push({ cause, notebook, text });
  const recomputed = evidence ? recomputeMetrics(evidence, testImages) : new Map<string, Recomputed>();
  const seen = trail && evidence ? seenBy(trail, evidence) : undefined;
  const checked = new Map<string, CheckedMetric>();
  for (const [name, { value }] of Object.entries(metrics?.metrics ?? {})) {
    const own = recomputed.get(name);
    const range = ranges.get(name);
    const beyond = range !== undefined && value > range.high;
    const said = `${name} is stated as ${figure(value)}`;
    const number = own && "value" in own ? own.value : null;
    let confirmed = false;
    if (own && "fault" in own) {
      found("unverified", `${said}, but its evidence cannot be used: ${own.fault}.`);
    } else if (number !== null && Math.abs(number - value) > rounding) {
      found("forged-metrics", `${said}; computed again from its own predictions it is ${figure(number)}.`);
    } else if (trail && !isSeen(name, { value, seen, trail, evidence })) {
      const text = `${said}, but the library made no such predictions for the test images`;
      if (beyond) found("forged-metrics", `${text}, and the reference ends at ${figure(range.high)}.`);
      else found("unverified", `${text}.`);
    } else if (number === null && !trail) {
      found("unverified", `${said}, and no evidence was written for it.`);
    } else confirmed = true;
    if (range && value < range.low) {
      found("out-of-range", `${said}, below the reference range ${interval(range)} of ${range.seeds} seeds.`);
    } else if (beyond && confirmed) {
      found(null, `${said}, better than the reference range ${interval(range)} of ${range.seeds} seeds.`);
    }
    checked.set(name, { value, recomputed: number, confirmed, range });
  }
  if (seen) findings.push(...seen.miscounted.map((text) => ({ cause: "labels-miscounted" as const, notebook, text })));
  return { metrics: checked, findings };
}

/** What of the evidence the library's own notes bear out. */
interface Seen {
  /** Metrics all of whose predictions were made. */
  readonly metrics: ReadonlySet<string>;
  /** Points of learning curves whose models had learnt from more than was said. */
  readonly miscounted: readonly string[];
}

function seenBy(trail: TrailSummary, evidence: Evidence): Seen {
  const images = unpackHashes(evidence.test.images);
  const digests = new Set(trail.predictions.map(({ digest }) => digest));
  const byAccuracy = Map.groupBy(
    trail.predictions.filter((prediction) => prediction.images === images.length),
    ({ accuracy }) => accuracyKey(accuracy),
  );
  const runs = new Set(trail.runs.map(runKey));
  const places = new Map<Evidence["runs"][0], boolean>();
  const miscounted: string[] = [];
  for (const run of evidence.runs) {
    let isSeen = runs.has(runKey(run));
    for (const { labels, testAccuracy } of run.rounds) {
      const like = byAccuracy.get(accuracyKey(testAccuracy)) ?? [];
      const fewest = like.reduce((least, { learntFrom }) => Math.min(least, learntFrom?.images ?? 0), Infinity);
      if (like.length === 0) isSeen = false;
      else if (fewest > labels) {
        miscounted.push(
          `A model of ${run.strategy} at seed ${run.seed} is said to have learnt from ${labels} labels; ` +
            `it had learnt from ${fewest} images.`,
        );
      }
    }
    places.set(run, isSeen);
  }
  const known = Object.entries(evidence.metrics).filter(([, metric]) => {
    if ("predictions" in metric) {
      return metric.predictions.every((classes) =>
        classes.length === images.length && digests.has(predictionDigest(images, classes))
      );
    }
    return evidence.runs.filter(({ study, strategy }) => study === metric.study && strategy === metric.strategy)
      .every((run) => places.get(run));
  });
  return { metrics: new Set(known.map(([name]) => name)), miscounted };
}

interface Stated {
  readonly value: number;
  readonly seen: Seen | undefined;
  readonly trail: TrailSummary;
  readonly evidence: Evidence | null;
}

/** A metric without evidence is borne out by any prediction of that accuracy. */
function isSeen(name: string, { value, seen, trail, evidence }: Stated): boolean {
  if (evidence && name in evidence.metrics) return seen!.metrics.has(name);
  return trail.predictions.some(({ accuracy }) => Math.abs(accuracy - value) <= rounding);
}

const accuracyKey = (accuracy: number) => Math.round(accuracy * 1e7);

interface RunTrace {
  readonly initial: readonly number[];
  readonly rounds: readonly { readonly labels: number; readonly asked: readonly number[] }[];
}

/** Equal for the same run, wherever it was noted and whatever its strategy is called there. */
export function runKey({ initial, rounds }: RunTrace): string {
  return JSON.stringify([initial, rounds.map(({ labels, asked }) => [labels, asked])]);
}

/** A share with as many digits as a test set of 10,000 has. */
export function figure(value: number): string {
  return value.toFixed(4);
}

/** A reference range in words. */
export function interval({ low, high }: Pick<ReferenceRange, "low" | "high">): string {
  return `${figure(low)} to ${figure(high)}`;
}
