import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ignoreNotFound } from "../data/ignore_not_found.ts";
import { lockFile } from "../data/lock_file.ts";
import { reportsFolder } from "../report/reports_folder.ts";
import type { ProfileName } from "../runtime/profile.ts";
import { projectRoot } from "../runtime/project_root.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { classPage } from "./grading/class_page.ts";
import { gradeClass, type GradedOutcome, lanesThatFit } from "./grading/grade_class.ts";
import { gradesCsv } from "./grading/grades_csv.ts";
import { findIsolation, type Isolation } from "./grading/isolation.ts";
import type { Limits } from "./grading/limits.ts";
import { makeReference } from "./grading/make_reference.ts";
import { progressTable } from "./grading/progress_table.ts";
import { reExecute } from "./grading/re_execute.ts";
import { readReference } from "./grading/reference.ts";
import { readRubric } from "./grading/rubric.ts";
import { runInSandbox } from "./grading/sandbox.ts";
import { findSubmissions, SubmissionError } from "./grading/submission_files.ts";
import { submissionPage } from "./grading/submission_page.ts";
import { loadTestImages, type TestImages } from "./grading/test_images.ts";
import { codeOf, notebookName, readNotebook } from "./notebook_file.ts";
import { SetupError } from "./setup/step.ts";
import { duration, say, statusLine } from "./terminal.ts";

const usage = `deno task grade SUBMISSIONS… [options]
deno task grade --reference [--seeds N] [options]

Executes submissions again, each locked up by itself, and judges them: reports/grades/index.html, grades.csv, and a page
for each. SUBMISSIONS are project folders, .zip or .tar.gz archives as \`deno task handin\` makes them, or folders of those.
What is finished is kept: the same command goes on where it was stopped.

  --reference      executes our own notebooks at --seeds seeds (20), for ranges that results are held against
  --notebooks LIST of ours, these alone: 01,03
  --profile NAME   how much the notebooks compute: smoke (the default), quick, full
  --seed N         the grader's seed: 7; the one after it shows, where need be, whether the seed changes anything
  --rubric FILE    points by requirement, as in lib/tasks/grading/default_rubric.json
  --lib WHOSE      against which library: ours (the default) or theirs
  --all            every notebook of a submission, not 01 to 03 alone
  --jobs N         submissions at once; by default as many as cores and memory allow
  --output FOLDER  where results go: reports/grades
  --minutes N, --memory GB, --processes N, --disk GB
                   what one execution may take: 15 minutes (quick: 90, full: 900), 4 GB, 256, 1 GB

Exit code 0: all graded, whatever their grades. 1: some could not be graded. 2: wrong arguments. 130: stopped.`;

const defaultMinutes: Readonly<Record<ProfileName, number>> = { smoke: 15, quick: 90, full: 900 };

/** Grades submissions; the exit code says whether all could be. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      reference: { type: "boolean", default: false },
      seeds: { type: "string", default: "20" },
      notebooks: { type: "string" },
      profile: { type: "string", default: "smoke" },
      seed: { type: "string", default: "7" },
      rubric: { type: "string" },
      lib: { type: "string", default: "ours" },
      all: { type: "boolean", default: false },
      jobs: { type: "string" },
      output: { type: "string", default: join(reportsFolder(), "grades") },
      minutes: { type: "string" },
      memory: { type: "string", default: "4" },
      processes: { type: "string", default: "256" },
      disk: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || positionals.length === 0 && !values.reference) {
    say(usage);
    return values.help ? 0 : 2;
  }
  try {
    const profile = oneOf("--profile", values.profile, ["smoke", "quick", "full"]);
    const limits: Limits = {
      seconds: 60 * amount("--minutes", values.minutes ?? `${defaultMinutes[profile]}`),
      memory: 1e9 * amount("--memory", values.memory),
      processes: amount("--processes", values.processes, { whole: true }),
      disk: 1e9 * amount("--disk", values.disk),
    };
    return await grade({
      ...{ profile, limits, all: values.all, withReference: values.reference, paths: positionals },
      seed: amount("--seed", values.seed, { whole: true }),
      seeds: amount("--seeds", values.seeds, { whole: true }),
      notebooks: values.notebooks?.split(",") ?? [],
      library: oneOf("--lib", values.lib, ["ours", "theirs"]) === "ours" ? "pristine" : "own",
      jobs: values.jobs === undefined ? undefined : amount("--jobs", values.jobs, { whole: true }),
      output: resolve(values.output),
      rubricFile: values.rubric,
    });
  } catch (error) {
    const isMisuse = [RangeError, SyntaxError, SetupError, SubmissionError, Deno.errors.NotFound].some((kind) =>
      error instanceof kind
    );
    if (!isMisuse || !(error instanceof Error)) throw error;
    say(error.message);
    return 2;
  }
}

interface Wanted {
  readonly paths: readonly string[];
  readonly profile: ProfileName;
  readonly limits: Limits;
  readonly seed: number;
  readonly seeds: number;
  /** Of our own, for the reference; without names, those that `all` says. */
  readonly notebooks: readonly string[];
  readonly library: "pristine" | "own";
  readonly all: boolean;
  readonly withReference: boolean;
  readonly jobs?: number;
  readonly output: string;
  readonly rubricFile?: string;
}

async function grade(
  { paths, withReference, seeds, notebooks, jobs, output, rubricFile, ...how }: Wanted,
): Promise<number> {
  const rubric = await readRubric(rubricFile);
  const submissions = await findSubmissions(paths);
  if (submissions.length === 0 && !withReference) {
    throw new SubmissionError(`Cannot grade: there must be submissions: there is none in ${paths.join(", ")}.`);
  }
  await Deno.mkdir(output, { recursive: true });
  using _lock = await lockFile(join(output, ".lock"), { onWait: () => say(`Another grader is at work in ${output}.`) });
  const dataset = Deno.env.get("CURIO_DATASET") || "fashion-mnist";
  const line = statusLine("Preparing:");
  const testImages = await loadTestImages(dataset, { onProgress: (event) => line.update(event.task) });
  const isolation = await findIsolation();
  const lanes = lanesThatFit(jobs, how);
  line.end(isolation.kind === "bubblewrap" ? "each submission is locked up by Bubblewrap" : "WITHOUT A SANDBOX");
  if (isolation.kind === "plain") say(warning(isolation.reason));
  const trouble = await troubleWith(isolation, { ...how, output });
  if (trouble !== undefined) {
    say(`Cannot grade: the sandbox does not start: ${trouble}`);
    return 1;
  }

  const stop = new AbortController();
  for (const ending of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(ending, () => stop.abort());
  const common = { ...how, isolation, testImages, signal: stop.signal };
  const file = join(output, "reference.json");
  try {
    if (withReference) {
      const failure = await runReference(file, { ...common, dataset, seeds, output, names: notebooks });
      if (failure !== undefined) {
        say(failure);
        return 1;
      }
    }
    if (submissions.length === 0) return 0;
    const reference = await readReference(file).catch((error): undefined => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      say("There is no reference: results are held against no ranges. `deno task grade --reference` makes one.");
    });
    const progress = progressTable(submissions, lanes.length);
    const outcomes = await gradeClass(submissions, { ...common, ...progress, output, lanes, rubric, reference })
      .finally(() => progress.end());
    await writeGrades(outcomes, { ...how, rubric, output, isolation });
    const failed = outcomes.filter((outcome) => "fault" in outcome).length;
    say(`\n${outcomes.length - failed} graded, ${failed} could not be graded: ${shown(join(output, "index.html"))}`);
    return failed > 0 ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say("Stopped. What is finished is kept; the same command goes on.");
    return 130;
  }
}

function warning(reason: string): string {
  return `WARNING: ${reason}. Submissions are strangers' code: without Bubblewrap they can read and delete what you can,\n` +
    "and use the network; time, memory, processes and disk are limited all the same. Debian, Ubuntu: apt install bubblewrap";
}

interface SandboxTrial {
  readonly limits: Limits;
  readonly output: string;
}

/** What keeps the grader's own Deno from running in the sandbox, if anything does. */
async function troubleWith(isolation: Isolation, { limits, output }: SandboxTrial): Promise<string | undefined> {
  const work = await Deno.makeTempDir({ dir: output, prefix: "trial-" });
  try {
    const [lane] = lanesThatFit(1, { limits });
    const { code, said } = await runInSandbox(({ deno }) => [[deno, "--version"]], { isolation, limits, lane, work });
    return code === 0 ? undefined : said || `Deno ends with exit code ${code} in it`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

interface ReferenceRun {
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly profile: ProfileName;
  readonly testImages: TestImages;
  readonly signal: AbortSignal;
  readonly dataset: string;
  readonly seeds: number;
  readonly names: readonly string[];
  readonly all: boolean;
  readonly output: string;
}

/** @returns why it could not be made, if it could not */
async function runReference(
  file: string,
  { dataset, seeds, names, all, output, profile, signal, testImages, isolation, limits }: ReferenceRun,
): Promise<string | undefined> {
  const folder = join(projectRoot, "notebooks");
  const paths = await findNotebooks(names, { all });
  const notebooks = await Promise.all(
    paths.map(async (path) => ({ name: notebookName(path), cells: codeOf(await readNotebook(path)) })),
  );
  const [lane] = lanesThatFit(1, { limits });
  const line = statusLine(`Reference, ${profile}:`);
  let said = "";
  try {
    await makeReference(file, {
      ...{ notebooks, profile, dataset, seeds, signal },
      onSeed: (seed, { done, of }) => said = `seed ${seed}, ${done} of ${of} done`,
      async runSeed(missing, seed) {
        const work = await Deno.makeTempDir({ dir: output, prefix: "reference-" });
        try {
          const options = { isolation, limits, lane, work, notebooks: folder, testImages, seed, profile, signal };
          const { rerun } = await reExecute(missing, {
            ...options,
            onCell: (notebook, cell, of) => line.update(`${said}: ${notebook}, cell ${cell} of ${of}`),
          });
          return rerun.notebooks;
        } finally {
          await Deno.remove(work, { recursive: true });
        }
      },
    });
    line.end(`${shown(file)} holds ${seeds} seeds of ${notebooks.map(({ name }) => name).join(", ")}`);
  } catch (error) {
    line.end("stopped");
    if (signal.aborted || !(error instanceof Error)) throw error;
    return error.message;
  }
}

interface WriteGradesOptions extends Pick<Wanted, "profile" | "limits" | "seed" | "library" | "output"> {
  readonly rubric: Awaited<ReturnType<typeof readRubric>>;
  readonly isolation: Isolation;
}

/** Writes `grades.csv`, a page for each submission with its figures beside it, and the overview. */
async function writeGrades(
  outcomes: readonly GradedOutcome[],
  { rubric, output, profile, limits, seed, library, isolation }: WriteGradesOptions,
): Promise<void> {
  const digits = `${outcomes.length}`.length;
  const pages = outcomes.map(({ submission: { name } }, place) => {
    const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 40);
    return `pages/${`${place + 1}`.padStart(digits, "0")}-${safe}.html`;
  });
  // Of whoever is no longer among them, or has another place.
  await Deno.remove(join(output, "pages"), { recursive: true }).catch(ignoreNotFound);
  for (const [place, outcome] of outcomes.entries()) {
    const figures = "figures" in outcome ? relative(join(output, "pages"), outcome.figures) : "";
    await writeFileAtomic(join(output, pages[place]), submissionPage(outcome, { figures }));
  }
  const { seconds, memory, processes, disk } = limits;
  const held = isolation.kind === "bubblewrap" ? "locked up by Bubblewrap" : "without a sandbox";
  const whose = library === "pristine" ? "the grader's library" : "each submission's own library";
  const circumstances = [
    `Executed in the ${profile} profile with the seed ${seed}, and with ${seed + 1} where that did not show what the ` +
    `seed does, against ${whose}, ${held}; each execution with at most ${duration(seconds)}, ${memory / 1e9} GB of ` +
    `memory, ${processes} processes and ${disk / 1e9} GB of disk.`,
  ];
  const addresses = pages.map((page) => page.split("/").map(encodeURIComponent).join("/"));
  await writeFileAtomic(
    join(output, "index.html"),
    classPage(outcomes, { title: `Grades: ${rubric.title}`, circumstances, pages: addresses }),
  );
  await writeFileAtomic(join(output, "grades.csv"), gradesCsv(outcomes, rubric));
}

function shown(path: string): string {
  const near = relative(Deno.cwd(), path);
  return near.startsWith("..") ? path : near;
}

function oneOf<Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new RangeError(`Cannot grade: ${option} must be one of ${choices.join(", ")}: current value is ${value}`);
  }
  return found;
}

function amount(option: string, value: string, { whole = false }: { readonly whole?: boolean } = {}): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number)) || whole && !Number.isInteger(number)) {
    const kind = whole ? "a whole number above 0" : "a number above 0";
    throw new RangeError(`Cannot grade: ${option} must be ${kind}: current value is ${value}`);
  }
  return number;
}
