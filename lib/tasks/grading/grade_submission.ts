import { join } from "node:path";
import type { ProfileName } from "../../runtime/profile.ts";
import { readOwnText } from "../../report/document/own_text.ts";
import { findNotebooks } from "../find_notebooks.ts";
import { codeOf, type Notebook, notebookName, readNotebook, sourceOf } from "../notebook_file.ts";
import { checkCells, type NotebookCells } from "./check_cells.ts";
import { showsItsSeed } from "./check_seeds.ts";
import { collectFigures, type NotebookFigures } from "./notebook_figures.ts";
import { plainFilesIn, readReports } from "./read_reports.ts";
import { reExecute, type ReExecution } from "./re_execute.ts";
import type { SandboxOptions } from "./sandbox.ts";
import { collectFiles, largestFile, SubmissionError, type SubmissionPath } from "./submission_files.ts";
import type { Rerun, SubmissionRecord, Violation } from "./submission_record.ts";
import type { TestImages } from "./test_images.ts";

/** How submissions are executed again. */
export interface GradeSubmissionOptions extends Pick<SandboxOptions, "isolation" | "limits" | "lane" | "signal"> {
  readonly profile: ProfileName;
  readonly seed: number;
  /** Whose library the notebooks are executed against. */
  readonly library: SubmissionRecord["library"];
  /** Every notebook, not 01 to 03 alone. */
  readonly all: boolean;
  readonly testImages: TestImages;
  /** An empty folder, which may be deleted afterwards. */
  readonly work: string;
  /** An empty folder for the figures. */
  readonly figures: string;
  /** Told what is being done. */
  readonly onStage?: (text: string) => void;
}

/** What was seen of a submission, before it is judged. */
export interface GradedSubmission {
  readonly record: SubmissionRecord;
  /** The cells with code of each notebook, as they were handed in. */
  readonly cells: readonly NotebookCells[];
  readonly figures: readonly NotebookFigures[];
  readonly seconds: number;
}

/** Limits of the profile that shows whether there is anything to grade. */
const smokeSeconds = 900;

/**
 * Executes a submission again and writes down what it claims and what was seen. What cannot run costs no more than it
 * takes to see that: cells that are no code are never executed; where no notebook passes in the smoke profile, no other
 * is tried. Where the first execution does not show that a notebook follows its seed, another seed, in the smoke
 * profile, shows whether it changes anything.
 */
export async function gradeSubmission(
  submission: SubmissionPath,
  { profile, seed, library, all, testImages, work, figures, onStage = () => {}, ...sandbox }: GradeSubmissionOptions,
): Promise<GradedSubmission> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const empty: SubmissionRecord = {
    ...{ name: submission.name, library, claims: {}, claimedEvidence: {}, unreadable: [], markdown: [] },
    ...{ reruns: [], violations: [] },
  };
  onStage("unpacking");
  let folder: string;
  let notebooks: readonly FoundNotebook[];
  try {
    const { signal } = sandbox;
    folder = await collectFiles(submission, { work, withLibrary: library === "own", signal });
    notebooks = await notebooksOf(join(folder, "notebooks"), all);
  } catch (error) {
    if (!(error instanceof SubmissionError)) throw error;
    return {
      record: { ...empty, reruns: [nothingRan(error.message, { profile, seed })] },
      cells: [],
      figures: [],
      seconds: seconds(),
    };
  }
  const reports = join(folder, "reports");
  const { metrics: claims, evidence: claimedEvidence, unreadable } = await readReports(reports);
  const claimed: SubmissionRecord = {
    ...{ ...empty, claims, claimedEvidence, unreadable: [...unreadable] },
    markdown: [...notebooks.flatMap(markdownOf), ...await reportText(reports)],
  };

  const lib = library === "own" ? join(folder, "lib") : undefined;
  let steps = 0;
  const around = async (limits = sandbox.limits) => {
    const own = join(work, `run-${steps++}`);
    await Deno.mkdir(own);
    return { ...sandbox, limits, lib, work: own, notebooks: join(folder, "notebooks") };
  };
  onStage("reading the cells");
  const faults = await checkCells(notebooks, await around({ ...sandbox.limits, seconds: 60 }));
  const runs: ReExecution[] = [];
  const run = async (chosen: readonly NotebookCells[], how: { profile: ProfileName; seed: number }) => {
    const title = `${how.profile}${how.seed === seed ? "" : `, seed ${how.seed}`}`;
    const most = how.profile === profile ? sandbox.limits.seconds : Math.min(sandbox.limits.seconds, smokeSeconds);
    const done = await reExecute(chosen, {
      ...await around({ ...sandbox.limits, seconds: most }),
      ...how,
      faults,
      testImages: library === "pristine" ? testImages : undefined,
      onCell: (notebook, cell, of) => onStage(`${title}: ${notebook}, cell ${cell} of ${of}`),
    });
    runs.push(done);
    return chosen.filter((_, place) => done.rerun.notebooks[place].outcome === "passed");
  };
  const passed = await run(notebooks, { profile: "smoke", seed });
  const isHarmless = runs[0].violations.length === 0;
  if (passed.length > 0 && isHarmless) {
    const [{ rerun }] = runs;
    const shown = rerun.notebooks.filter((each) => showsItsSeed(claimed, { ...each, seed }));
    const open = passed.filter(({ name }) => !shown.some(({ notebook }) => notebook === name));
    if (open.length > 0) await run(open, { profile: "smoke", seed: seed + 1 });
    if (profile !== "smoke") await run(notebooks, { profile, seed });
  }
  // The one that is graded comes first.
  const graded = runs.findIndex(({ rerun }) => rerun.profile === profile);
  const ordered = graded < 0 ? runs : [runs[graded], ...runs.filter((_, place) => place !== graded)];
  return {
    record: {
      ...claimed,
      reruns: ordered.map(({ rerun }) => rerun),
      violations: distinct(runs.flatMap(({ violations }) => violations)),
    },
    cells: notebooks.map(({ name, cells }) => ({ name, cells })),
    figures: await collectFigures(notebooks, { claimed: reports, rerun: ordered[0].reports, folder: figures }),
    seconds: seconds(),
  };
}

interface FoundNotebook extends NotebookCells {
  readonly notebook: Notebook;
}

/** @throws {SubmissionError} if one of them is none */
async function notebooksOf(folder: string, all: boolean): Promise<FoundNotebook[]> {
  const core = await findNotebooks([], { folder, all });
  const paths = core.length > 0 ? core : await findNotebooks([], { folder, all: true });
  if (paths.length === 0) {
    throw new SubmissionError("Cannot grade this: notebooks/ must hold notebooks: it holds none.");
  }
  return await Promise.all(paths.map(async (path) => {
    const name = notebookName(path);
    try {
      const notebook = await readNotebook(path);
      return { name, notebook, cells: codeOf(notebook) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new SubmissionError(`${name}.ipynb cannot be read: ${error.message.replace(`${folder}/`, "")}`);
    }
  }));
}

function nothingRan(error: string, { profile, seed }: { profile: ProfileName; seed: number }): Rerun {
  const nothing = { cell: 0, of: 0, seconds: 0, metrics: null, evidence: null, trail: null };
  return { seed, profile, notebooks: [{ notebook: "(none)", outcome: "did not start", error, ...nothing }] };
}

function markdownOf({ name, notebook }: FoundNotebook): SubmissionRecord["markdown"] {
  return notebook.cells.flatMap((cell, place) =>
    cell.cell_type === "markdown" ? [{ file: `${name}.ipynb`, cell: place + 1, text: sourceOf(cell) }] : []
  );
}

/** Of a report that `deno task report` wrote, what people wrote into it. */
async function reportText(reports: string): Promise<SubmissionRecord["markdown"]> {
  const names = (await plainFilesIn(reports)).filter((name) => /\.(md|txt)$/.test(name));
  return await Promise.all(names.map(async (name) => {
    const path = join(reports, name);
    const text = (await Deno.stat(path)).size > largestFile ? "" : await Deno.readTextFile(path);
    return { file: `reports/${name}`, cell: 0, text: ownTextIn(text) };
  }));
}

function ownTextIn(text: string): string {
  try {
    const blocks = [...readOwnText(text).values()];
    return blocks.length === 0 ? text : blocks.join("\n");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

function distinct(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values()];
}
