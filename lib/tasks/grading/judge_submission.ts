import { type CheckedMetric, checkMetrics } from "./check_metrics.ts";
import { checkClaims } from "./check_claims.ts";
import { checkComparison } from "./check_comparison.ts";
import { checkLeakage } from "./check_leakage.ts";
import { checkSeeds } from "./check_seeds.ts";
import { pointsFor } from "./points_for.ts";
import { rangesOf, type Reference } from "./reference.ts";
import type { Rubric } from "./rubric.ts";
import { contradictions } from "./stated_numbers.ts";
import type { NotebookRerun, SubmissionRecord, Violation } from "./submission_record.ts";
import type { TestImages } from "./test_images.ts";
import { type Cause, causes, type Finding, Verdict } from "./verdict.ts";

/** What a submission is judged by. */
export interface JudgeOptions {
  readonly rubric: Rubric;
  /** Of the dataset that the submissions were executed on: the grader's own labels. */
  readonly testImages: TestImages;
  /** Without one, nothing is held against ranges. */
  readonly reference?: Reference;
}

/**
 * Judges a submission by what it claims and what was seen when it was executed again. The same record, rubric, test
 * images and reference give the same verdict, wherever and how often it is asked for.
 */
export function judgeSubmission(
  record: SubmissionRecord,
  { rubric, testImages, reference }: JudgeOptions,
): Verdict {
  const [rerun] = record.reruns;
  const known = rerun && reference?.profiles[rerun.profile];
  const notebooks = (rerun?.notebooks ?? []).map((each) => ({
    ...each,
    checked: checkMetrics(each, { testImages, ranges: rangesOf(known, each.notebook) }),
  }));
  const wanted = notebooksOf(rubric);
  const { findings: claimed, recomputed } = checkClaims(record, { testImages, reference });
  const findings = inOrder([
    ...record.violations.map(ofViolation),
    ...record.reruns.flatMap(({ notebooks }) => notebooks.flatMap(ofOutcome)),
    ...wanted.filter((name) => rerun && !notebooks.some(({ notebook }) => notebook === name)).map(missing),
    ...record.reruns.flatMap(({ notebooks }) => notebooks.flatMap(ofTrail)),
    ...record.reruns.flatMap(({ notebooks }) => notebooks.flatMap((each) => checkLeakage(each, rubric))),
    ...notebooks.flatMap(({ checked }) => checked.findings),
    ...claimed,
    // A notebook that nobody asked for may be about something that no seed decides, or about other beginnings.
    ...[...checkSeeds(record), ...notebooks.flatMap(checkComparison)]
      .filter(({ notebook }) => wanted.some((name) => name === notebook)),
    ...contradictions(record),
    ...record.unreadable.map(({ file, fault }) => worthKnowing(`${file} cannot be read: ${fault}`)),
    ...record.library === "own"
      ? [worthKnowing("It was executed against its own library, so nothing but its own word says what it learnt from.")]
      : [],
    ...!rerun ? [{ cause: "incomplete" as const, notebook: null, text: "It was not executed." }] : [],
  ]);
  const checked = new Map(notebooks.map(({ notebook, checked }) => [notebook, checked.metrics]));
  const requirements = pointsFor(rubric, { record, findings, checked });
  return Verdict.parse({
    submission: record.name,
    cause: findings[0]?.cause ?? "sound",
    requirements,
    total: rounded(requirements.reduce((sum, { points }) => sum + points, 0)),
    of: rounded(requirements.reduce((sum, { of }) => sum + of, 0)),
    findings,
    comparisons: comparisonsOf(record, { checked, recomputed }),
  });
}

const worthKnowing = (text: string): Finding => ({ cause: null, notebook: null, text });

/** The gravest first, each said once. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const gravity = ({ cause }: Finding) => cause === null ? causes.length : causes.indexOf(cause);
  const said = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...said.values()].sort((one, other) => gravity(one) - gravity(other));
}

const causeOfViolation: Readonly<Record<Violation["kind"], Cause>> = {
  "network": "network",
  "writes outside": "tampering",
  "process limit": "process-limit",
  "disk limit": "disk-limit",
  "tampering": "tampering",
};

function ofViolation({ kind, notebook, detail }: Violation): Finding {
  return { cause: causeOfViolation[kind], notebook, text: detail };
}

const causeOfOutcome: Readonly<Record<NotebookRerun["outcome"], Cause | null>> = {
  "passed": null,
  "skipped": null,
  "failed": "cell-failed",
  "syntax error": "syntax-error",
  "did not start": "does-not-start",
  "timed out": "timed-out",
  "out of memory": "out-of-memory",
  "not run": "incomplete",
};

function ofOutcome({ notebook, outcome, cell, of, error }: NotebookRerun): Finding[] {
  if (outcome === "passed") return [];
  const where = cell > 0 ? ` in cell ${cell} of ${of}` : "";
  const [firstLine] = error.split("\n");
  return [{
    cause: causeOfOutcome[outcome],
    notebook,
    text: `It ${spoken[outcome]}${where}: ${firstLine || "no reason given"}`,
  }];
}

const spoken: Readonly<Record<Exclude<NotebookRerun["outcome"], "passed">, string>> = {
  "skipped": "skipped itself",
  "failed": "failed",
  "syntax error": "has a syntax error",
  "did not start": "did not start",
  "timed out": "ran out of time",
  "out of memory": "ran out of memory",
  "not run": "was not executed",
};

function ofTrail({ notebook, trail }: NotebookRerun): Finding[] {
  return (trail?.faults ?? []).map((text) => ({ cause: "tampering", notebook, text }));
}

function notebooksOf({ requirements }: Rubric): string[] {
  const named = requirements.flatMap(({ needs }) =>
    needs.flatMap((need) => "notebook" in need ? need.notebook ?? [] : [])
  );
  return [...new Set(named)];
}

function missing(notebook: string): Finding {
  return { cause: "incomplete", notebook, text: "There is no such notebook in the submission." };
}

interface Compared {
  readonly checked: ReadonlyMap<string, ReadonlyMap<string, CheckedMetric>>;
  readonly recomputed: ReturnType<typeof checkClaims>["recomputed"];
}

function comparisonsOf({ claims }: SubmissionRecord, { checked, recomputed }: Compared): Verdict["comparisons"] {
  return [...new Set([...checked.keys(), ...Object.keys(claims)])].flatMap((notebook) => {
    const [again, claimed] = [checked.get(notebook), claims[notebook]?.metrics ?? {}];
    return [...new Set([...again?.keys() ?? [], ...Object.keys(claimed)])].map((metric) => {
      const { value = null, recomputed: recomputedRerun = null, range } = again?.get(metric) ?? {};
      const own = recomputed.get(notebook)?.get(metric);
      return {
        ...{ notebook, metric, rerun: value, recomputedRerun },
        claimed: claimed[metric]?.value ?? null,
        recomputedClaim: own && "value" in own ? own.value : null,
        low: range?.low ?? null,
        high: range?.high ?? null,
      };
    });
  });
}

/** Of points: no more digits than a rubric has. */
function rounded(points: number): number {
  return Math.round(points * 100) / 100;
}
