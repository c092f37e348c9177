import { unpackHashes } from "../../runtime/hash64.ts";
import { figure, interval, rounding } from "./check_metrics.ts";
import { type Recomputed, recomputeMetrics } from "./recompute_metrics.ts";
import { rangesOf, type Reference } from "./reference.ts";
import type { NotebookRerun, SubmissionRecord } from "./submission_record.ts";
import type { TestImages } from "./test_images.ts";
import type { Finding } from "./verdict.ts";

/** Without a reference, what a notebook says of its own spread from seed to seed is believed between these. */
const [leastTolerance, mostTolerance] = [0.05, 0.15];

/** Test images behind a metric that came without evidence. */
const usualImages = 1000;

/** What {@linkcode checkClaims} goes by. */
export interface CheckClaimsOptions {
  readonly testImages: TestImages;
  readonly reference: Reference | undefined;
}

/**
 * Holds the metrics that a submission came with against their own evidence, the re-execution and the reference: by
 * spread over seeds, for a claim is of another seed and another machine.
 *
 * @returns findings, and by notebook what the grader computes of the claimed evidence
 */
export function checkClaims(
  { claims, claimedEvidence, reruns }: SubmissionRecord,
  { testImages, reference }: CheckClaimsOptions,
): {
  readonly findings: readonly Finding[];
  readonly recomputed: ReadonlyMap<string, ReadonlyMap<string, Recomputed>>;
} {
  const findings: Finding[] = [];
  const recomputed = new Map(
    Object.entries(claimedEvidence).map(([notebook, evidence]) => [notebook, recomputeMetrics(evidence, testImages)]),
  );
  for (const [notebook, { metrics, profile }] of Object.entries(claims)) {
    const found = (cause: Finding["cause"], text: string) => findings.push({ cause, notebook, text });
    const own = recomputed.get(notebook);
    if (!own) found(null, "Its metrics came without the evidence that they could be computed from again.");
    const ranges = rangesOf(reference?.profiles[profile], notebook);
    const executed = reruns.filter((rerun) => rerun.profile === profile).flatMap(({ notebooks }) => notebooks)
      .filter((each) => each.notebook === notebook && each.metrics !== null);
    for (const [name, { value }] of Object.entries(metrics)) {
      const said = `${name} is claimed to be ${figure(value)}`;
      const number = own?.get(name);
      if (number && "value" in number && Math.abs(number.value - value) > rounding) {
        const text = `${said}; computed from the predictions that came with it, it is ${figure(number.value)}.`;
        found("forged-metrics", text);
        continue;
      }
      if (number && "fault" in number) found(null, `${said}, but its evidence cannot be used: ${number.fault}.`);
      const range = ranges.get(name);
      const second = executed[0]?.metrics?.metrics[name]?.value;
      const apart = range?.apart ?? usualSpread(executed, name);
      if (second !== undefined && Math.abs(value - second) > apart) {
        const flatters = value > second && (range === undefined || value > range.high);
        const known = range ? `, and the reference range is ${interval(range)}` : "";
        const text = `${said}; executed again it is ${figure(second)}, where two runs lie at most ${
          figure(apart)
        } apart`;
        found(flatters ? "forged-metrics" : null, `${text}${known}.`);
      } else if (second === undefined && range && value > range.high) {
        found(null, `${said}, better than the reference range ${interval(range)}, and no re-execution says so.`);
      }
    }
  }
  return { findings, recomputed };
}

/**
 * How far two honest runs may lie apart where no reference says it: the tolerance that the notebook states, and four
 * standard deviations of the difference between two shares p of n test images, √(2p(1 − p)/n); or twice as far as the
 * re-executions lie apart.
 */
function usualSpread(executed: readonly NotebookRerun[], name: string): number {
  const found = executed.flatMap(({ metrics }) => metrics?.metrics[name] ?? []);
  const values = found.map(({ value }) => value);
  const [first] = executed;
  const images = first?.evidence ? unpackHashes(first.evidence.test.images).length : usualImages;
  const variance = Math.max(0, ...values.map((value) => value * (1 - value)));
  const byChance = 4 * Math.sqrt(2 * variance / Math.max(1, images));
  const stated = Math.max(leastTolerance, ...found.map(({ tolerance }) => Math.min(tolerance, mostTolerance)));
  return Math.max(byChance + stated, 2 * (Math.max(...values) - Math.min(...values)));
}
