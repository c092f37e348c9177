import { type CheckedMetric, figure, runKey } from "./check_metrics.ts";
import type { Need, Rubric } from "./rubric.ts";
import type { NotebookRerun, SubmissionRecord } from "./submission_record.ts";
import type { Finding, Verdict } from "./verdict.ts";

/** What points are given for. */
export interface PointsOptions {
  readonly record: SubmissionRecord;
  readonly findings: readonly Finding[];
  /** By notebook and name. */
  readonly checked: ReadonlyMap<string, ReadonlyMap<string, CheckedMetric>>;
}

/** The points for each requirement of a rubric, with what was met and what was not. */
export function pointsFor({ requirements, voids }: Rubric, options: PointsOptions): Verdict["requirements"] {
  const { findings } = options;
  const all = findings.find(({ cause }) => cause !== null && voids[cause] === "everything");
  return requirements.map(({ requirement, needs }) => {
    const of = sum(needs.map(({ points }) => points));
    if (all) return { requirement, points: 0, of, reason: `No points at all, for ${all.cause}: ${all.text}` };
    const met = needs.map((need) => {
      const notebook = "notebook" in need ? need.notebook : undefined;
      const voided = findings.find(({ cause, notebook: where }) =>
        notebook !== undefined && where === notebook && cause !== null && voids[cause] === "notebook"
      );
      const answer = voided ? no(`no points in ${notebook}, for ${voided.cause}`) : answerTo(need, options);
      const points = answer.met ? need.points : 0;
      return { points, text: `${answer.text} (${points} of ${need.points})` };
    });
    return {
      requirement,
      points: sum(met.map(({ points }) => points)),
      of,
      reason: met.map(({ text }) => text).join("; "),
    };
  });
}

interface Answer {
  readonly met: boolean;
  readonly text: string;
}

const yes = (text: string): Answer => ({ met: true, text });
const no = (text: string): Answer => ({ met: false, text });

function answerTo(need: Need, options: PointsOptions): Answer {
  const { record, findings } = options;
  const rerun = "notebook" in need && need.notebook !== undefined ? rerunOf(record, need.notebook) : undefined;
  switch (need.need) {
    case "passes":
      if (rerun?.outcome === "passed") return yes(`${need.notebook} runs to its end`);
      return no(`${need.notebook} does not run to its end: ${rerun?.outcome ?? "there is none"}`);
    case "metric":
      return metrics(need, options);
    case "strategies":
      return strategies(need, rerun);
    case "none found": {
      const where = need.notebook ?? "the submission";
      if (need.notebook !== undefined && rerun?.outcome !== "passed") return no(`${where} could not be looked at`);
      const found = findings.find(({ cause, notebook }) =>
        cause !== null && need.of.includes(cause) && (need.notebook === undefined || notebook === need.notebook)
      );
      return found ? no(`${found.cause} in ${where}`) : yes(`nothing unsound was found in ${where}`);
    }
    case "claims": {
      if (!(need.notebook in record.claims)) return no(`the metrics of ${need.notebook} were not handed in`);
      const forged = findings.some(({ cause, notebook }) => cause === "forged-metrics" && notebook === need.notebook);
      return forged ? no(`the metrics of ${need.notebook} do not hold`) : yes(`the metrics of ${need.notebook} hold`);
    }
    case "words": {
      const files = record.markdown.filter(({ file }) => new RegExp(need.file, "u").test(file));
      const words = sum(files.map(({ text }) => text.match(/\p{L}[\p{L}\p{M}'’-]*/gu)?.length ?? 0));
      return (words >= need.atLeast ? yes : no)(`${words} words of their own, of ${need.atLeast}`);
    }
  }
}

function metrics(
  { notebook, metric, atLeast }: Extract<Need, { need: "metric" }>,
  { checked, record }: PointsOptions,
): Answer {
  const pattern = new RegExp(metric, "u");
  const own = [...checked.get(notebook) ?? []].filter(([name]) => pattern.test(name));
  const wanted = atLeast === 1 ? `a metric like "${metric}"` : `${atLeast} metrics like "${metric}"`;
  if (own.length < atLeast) {
    const outcome = rerunOf(record, notebook)?.outcome ?? "not there";
    return no(`${notebook} (${outcome}) gives ${own.length || "no"} metrics where ${wanted} is wanted`);
  }
  const unconfirmed = own.find(([, { confirmed }]) => !confirmed);
  if (unconfirmed) return no(`${unconfirmed[0]} cannot be confirmed`);
  const low = own.find(([, { value, range }]) => range !== undefined && value < range.low);
  if (low) {
    const [name, { value, range }] = low;
    return no(`${name} is ${figure(value)}, below the reference range, which begins at ${figure(range!.low)}`);
  }
  const [name, { value, range }] = own[0];
  const first = own.length === 1 ? `${name} is ${figure(value)}` : `${own.length} metrics like "${metric}"`;
  return yes(`${first}, ${range ? "as the reference has it or better" : "not compared, for want of a reference"}`);
}

function strategies(
  { notebook, atLeast }: Extract<Need, { need: "strategies" }>,
  rerun: NotebookRerun | undefined,
): Answer {
  const { evidence = null, trail = null } = rerun ?? {};
  if (!evidence) return no(`${notebook} gives no evidence of any comparison`);
  const seen = trail && new Set(trail.runs.map(runKey));
  const studies = Map.groupBy(evidence.runs.filter((run) => !seen || seen.has(runKey(run))), ({ study }) => study);
  const most = Math.max(
    0,
    ...studies.values().map((runs) => {
      const names = new Set(runs.map(({ strategy }) => strategy));
      return names.has("random") ? names.size : 0;
    }),
  );
  return (most >= atLeast ? yes : no)(`${most} strategies were compared, random among them, of ${atLeast}`);
}

function rerunOf({ reruns: [first] }: SubmissionRecord, name: string): NotebookRerun | undefined {
  return first?.notebooks.find(({ notebook }) => notebook === name);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
