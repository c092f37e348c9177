import { join } from "node:path";
import { ignoreNotFound } from "../../data/ignore_not_found.ts";
import { availableMemory } from "../../runtime/process_pool_memory.ts";
import { projectRoot } from "../../runtime/project_root.ts";
import { folderSum } from "./folder_sum.ts";
import { type GradedSubmission, gradeSubmission, type GradeSubmissionOptions } from "./grade_submission.ts";
import { type JudgeOptions, judgeSubmission } from "./judge_submission.ts";
import { type KeptPlace, keptPlace, readKept, writeKept } from "./kept_results.ts";
import type { Limits } from "./limits.ts";
import type { Lane } from "./sandbox.ts";
import type { SubmissionPath } from "./submission_files.ts";
import type { Verdict } from "./verdict.ts";

/** How a class is graded. */
export interface GradeClassOptions
  extends
    Pick<GradeSubmissionOptions, "isolation" | "limits" | "profile" | "seed" | "library" | "all" | "signal">,
    JudgeOptions {
  /** The grader's folder, where results are kept. */
  readonly output: string;
  /** Side by side; as {@linkcode lanesThatFit} says by default. */
  readonly lanes: readonly Lane[];
  readonly onStage?: (submission: SubmissionPath, text: string) => void;
  readonly onGraded?: (outcome: GradedOutcome) => void;
}

/** What became of one submission. */
export type GradedOutcome =
  | {
    readonly submission: SubmissionPath;
    readonly verdict: Verdict;
    readonly result: GradedSubmission;
    /** The folder of its figures. */
    readonly figures: string;
    /** Whether its result was there from before. */
    readonly known: boolean;
  }
  | {
    readonly submission: SubmissionPath;
    /** Why it could not be graded: the grader's own trouble, none of the submission's. */
    readonly fault: string;
  };

/**
 * Grades submissions, as many at once as there are lanes. A result is kept when it is whole, and not worked out again
 * while neither the submission nor what it is executed with has changed; judging it is done each time.
 *
 * @returns an outcome for each, in their order
 * @throws the signal's reason when aborted; what is finished is kept
 */
export async function gradeClass(
  submissions: readonly SubmissionPath[],
  { output, lanes, rubric, testImages, reference, onStage = () => {}, onGraded = () => {}, ...how }: GradeClassOptions,
): Promise<GradedOutcome[]> {
  const { isolation: { kind }, limits, profile, seed, library, all, signal } = how;
  const environment = ["CURIO_DATASET", "CURIO_BACKBONES", "CURIO_BACKEND", "CURIO_ENGINE"].map((name) =>
    Deno.env.get(name)
  );
  const code = await folderSum(join(projectRoot, "lib"));
  const circumstances = [1, code, environment, kind, limits, profile, seed];
  const outcomes = new Array<GradedOutcome>(submissions.length);
  let next = 0;
  const work = async (lane: Lane) => {
    while (next < submissions.length) {
      signal?.throwIfAborted();
      const place = next++;
      const submission = submissions[place];
      outcomes[place] = await outcomeOf(submission, lane);
      onGraded(outcomes[place]);
    }
  };
  const outcomeOf = async (submission: SubmissionPath, lane: Lane): Promise<GradedOutcome> => {
    try {
      const sum = await folderSum(submission.path);
      const kept = keptPlace(output, [...circumstances, library, all, submission.name, sum]);
      const known = await readKept(kept);
      const result = known ??
        await inFreshFolders(kept, () =>
          gradeSubmission(submission, {
            ...{ ...how, lane, testImages, work: kept.work, figures: kept.figures },
            onStage: (text) => onStage(submission, text),
          }));
      signal?.throwIfAborted();
      if (!known) await writeKept(kept, result);
      const verdict = judgeSubmission(result.record, { rubric, testImages, reference });
      return { submission, verdict, result, figures: kept.figures, known: known !== undefined };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      return { submission, fault: error.message };
    }
  };
  await Promise.all(lanes.map(work));
  return outcomes;
}

/** What a killed grader left is removed; what this one leaves behind is the result alone. */
async function inFreshFolders<T>({ work, figures }: KeptPlace, task: () => Promise<T>): Promise<T> {
  const remove = async (folder: string) => await Deno.remove(folder, { recursive: true }).catch(ignoreNotFound);
  await Promise.all([remove(work), remove(figures)]);
  await Deno.mkdir(work, { recursive: true });
  await Deno.mkdir(figures, { recursive: true });
  try {
    return await task();
  } finally {
    await remove(work);
  }
}

/** What {@linkcode lanesThatFit} goes by. */
export interface LanesThatFitOptions {
  readonly limits: Pick<Limits, "memory" | "disk">;
  /** Bytes that are free. */
  readonly available?: number;
  /** The processor's cores that this process may use. */
  readonly cores?: readonly number[];
}

/**
 * The places where submissions run side by side: no more than the free memory holds if each takes all that it may (what
 * it writes is in memory too), and than there are pairs of cores; the cores are shared out among them.
 */
export function lanesThatFit(
  wanted: number | undefined,
  { limits: { memory, disk }, available = availableMemory(), cores = ownCores() }: LanesThatFitOptions,
): Lane[] {
  const fitting = Math.min(Math.floor(cores.length / 2), Math.floor(available / (memory + disk)));
  const count = Math.max(1, wanted ?? fitting);
  return Array.from({ length: count }, (_, number) => {
    const own = cores.filter((_, place) => place % count === number);
    return { number, cores: own.length > 0 ? own : [cores[number % cores.length]] };
  });
}

/** `0-3,8` of `/proc/self/status`, written out. */
function ownCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    if (list) return list.split(",").flatMap(coresIn);
  } catch { /* not Linux */ }
  return Array.from({ length: navigator.hardwareConcurrency }, (_, core) => core);
}

function coresIn(range: string): number[] {
  const [first, last = first] = range.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
