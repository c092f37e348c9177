import { join } from "node:path";
import { z } from "zod";
import type { ProfileName } from "../../runtime/profile.ts";
import { lastLines } from "../command.ts";
import { kernelName } from "../setup/kernel.ts";
import type { CellFault, NotebookCells } from "./check_cells.ts";
import type { Breach } from "./limits.ts";
import { readReports } from "./read_reports.ts";
import { runInSandbox, type SandboxOptions } from "./sandbox.ts";
import { prepareTrail, readTrail } from "./read_trail.ts";
import { signsInError } from "./signs_in_error.ts";
import type { NotebookRerun, Rerun, Violation } from "./submission_record.ts";
import type { TestImages } from "./test_images.ts";

/** How the notebooks are executed. */
export interface ReExecuteOptions extends Omit<SandboxOptions, "copies" | "onLine"> {
  /** The folder that the notebooks lie in. */
  readonly notebooks: string;
  /** What the grader's library is to watch, where it is the one that is used. */
  readonly testImages?: TestImages;
  readonly seed: number;
  readonly profile: ProfileName;
  /** Notebooks that cannot run, and why: they are passed over. */
  readonly faults?: ReadonlyMap<string, CellFault>;
  /** Told as each cell begins. */
  readonly onCell?: (notebook: string, cell: number, of: number) => void;
}

/** What came of it. */
export interface ReExecution {
  readonly rerun: Rerun;
  readonly violations: readonly Violation[];
  /** Where its executed notebooks and other reports lie. */
  readonly reports: string;
  readonly seconds: number;
}

const lineSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("step"), number: z.int().positive() }),
  z.object({ event: z.literal("cell"), number: z.int().nonnegative(), of: z.int().nonnegative() }),
  z.object({
    event: z.literal("end"),
    outcome: z.enum(["passed", "skipped", "failed", "timeout", "died", "stopped"]),
    cell: z.int().nonnegative(),
    of: z.int().nonnegative(),
    seconds: z.number().nonnegative(),
    name: z.string().default(""),
    message: z.string().default(""),
    trace: z.string().default(""),
  }),
]);

type End = Extract<z.infer<typeof lineSchema>, { event: "end" }>;

/** What is known of a notebook as it runs. */
interface Progress {
  began: number;
  cell: number;
  of: number;
  end?: End;
}

/** The runner saves what a notebook has done so far before the sandbox would end it. */
const secondsToSave = 20;
const mostText = 4000;
/** Among what comes out of the sandbox. */
const trailFolder = ".trails";

/** Executes notebooks in a sandbox, one after the other as a student does, and says how each ended. */
export async function reExecute(
  notebooks: readonly NotebookCells[],
  options: ReExecuteOptions,
): Promise<ReExecution> {
  const { seed, profile, faults = new Map<string, CellFault>(), testImages, onCell, ...sandbox } = options;
  const sound = notebooks.filter(({ name }) => !faults.has(name));
  const trails = join(sandbox.work, "trails");
  if (testImages) await Promise.all(sound.map((_, place) => prepareTrail(join(trails, `${place}`), testImages)));
  const progress: Progress[] = [];
  let project = "";
  const run = await runInSandbox((places) => {
    ({ project } = places);
    const { seconds } = sandbox.limits;
    return sound.map(({ name }, place) => [
      ...["/usr/bin/env", `CURIO_AUDIT=${testImages ? join(places.reports, trailFolder, `${place}`) : ""}`],
      ...[places.python, "-B", join(places.scripts, "execute_notebook.py")],
      join(project, "notebooks", `${name}.ipynb`),
      ...[join(places.reports, `${name}.ipynb`), join(places.reports, `${name}.html`)],
      ...["--kernel", kernelName, "--parent", "{parent}", "--cell-seconds", `${seconds}`],
      ...["--notebook-seconds", `${Math.max(seconds / 2, seconds - secondsToSave)}`],
    ]);
  }, {
    ...sandbox,
    copies: [
      { from: sandbox.notebooks, to: "notebooks" },
      ...testImages ? [{ from: trails, to: join("reports", trailFolder) }] : [],
    ],
    env: { ...sandbox.env, CURIO_SEED: `${seed}`, CURIO_PROFILE: profile },
    onLine(line) {
      const event = eventIn(line);
      const now = performance.now();
      if (event?.event === "step") progress[event.number - 1] = { began: now, cell: 0, of: 0 };
      const current = progress.at(-1);
      if (event?.event === "end" && current) current.end ??= event;
      if (event?.event === "cell" && current) {
        Object.assign(current, { cell: event.number, of: event.of });
        onCell?.(sound[progress.length - 1]?.name ?? "", event.number, event.of);
      }
    },
  });
  if (sound.length > 0 && progress.length === 0 && run.breach === undefined) {
    throw new Error(`the sandbox did not start: ${lastLines(run.said, 3)}`);
  }
  const { metrics, evidence } = await readReports(run.results);
  const violations: Violation[] = [];
  const last = Math.min(progress.length, sound.length) - 1;
  const trailOf = async (place: number, outcome: NotebookRerun["outcome"]) => {
    if (!testImages) return null;
    try {
      return await readTrail(join(run.results, trailFolder, `${place}`), testImages);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const faults = ["The trail that the library keeps was removed."];
      return outcome === "passed" ? { faults, fits: [], pools: [], predictions: [], runs: [] } : null;
    }
  };
  const reruns = await Promise.all(notebooks.map(async ({ name, cells }): Promise<NotebookRerun> => {
    const place = sound.findIndex((each) => each.name === name);
    const nothing = {
      notebook: name,
      metrics: null,
      evidence: null,
      trail: null,
      seconds: 0,
      cell: 0,
      of: cells.length,
    };
    const fault = faults.get(name);
    if (fault) {
      const where = fault.place === undefined ? {} : { cell: fault.place.cell };
      const line = fault.place === undefined ? "" : ` (line ${fault.place.line})`;
      return { ...nothing, ...where, outcome: fault.kind, error: `${fault.message}${line}` };
    }
    const seen = progress[place];
    if (!seen) {
      const error = run.breach === undefined
        ? "the one before it ended the sandbox"
        : `the one before it broke the limit on ${run.breach}`;
      return { ...nothing, outcome: "not run", error };
    }
    const { end = unended(seen), ...rest } = seen;
    const breach = place === last ? run.breach : undefined;
    const error = clipped(errorText(end, run.said));
    const signs = signsInError(`${end.message}\n${end.trace}\n${end.outcome === "died" ? run.said : ""}`, { project });
    if (signs.violation) violations.push({ ...signs.violation, notebook: name });
    const limit = breach && breachText(breach, sandbox.limits[breach]);
    if (breach && (breach === "disk" || breach === "processes")) {
      const kind = breach === "disk" ? "disk limit" : "process limit";
      if (!violations.some((each) => each.kind === kind)) violations.push({ kind, notebook: name, detail: `${limit}` });
    }
    const outcome = end.outcome === "passed" && breach === undefined
      ? "passed"
      : breachOutcome[breach ?? "disk"] ?? signs.outcome ?? outcomeOf(end);
    return {
      ...{ notebook: name, outcome, cell: end.cell || rest.cell, of: end.of || rest.of || cells.length },
      ...{ error: outcome === "passed" ? "" : limit ?? error, seconds: end.seconds },
      metrics: metrics[name] ?? null,
      evidence: evidence[name] ?? null,
      trail: await trailOf(place, outcome),
    };
  }));
  if (run.packets > 0) {
    const notebook = sound.length === 1 ? sound[0].name : null;
    violations.push({ kind: "network", notebook, detail: `It tried to reach the network (${run.packets} packets).` });
  }
  return { rerun: { seed, profile, notebooks: reruns }, violations, reports: run.results, seconds: run.seconds };
}

function eventIn(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // what native code prints is nothing to us
  }
}

function unended({ began, cell, of }: Progress): End {
  const seconds = (performance.now() - began) / 1000;
  return { event: "end", outcome: "died", cell, of, seconds, name: "", message: "it was ended", trace: "" };
}

function outcomeOf({ outcome, cell }: End): NotebookRerun["outcome"] {
  if (outcome === "passed" || outcome === "skipped") return outcome;
  if (outcome === "timeout") return "timed out";
  // Where the first cell does not come to its end, nothing of the notebook has run.
  return cell <= 1 ? "did not start" : "failed";
}

const breachOutcome: Readonly<Partial<Record<Breach, NotebookRerun["outcome"]>>> = {
  seconds: "timed out",
  memory: "out of memory",
  processes: "failed",
};

function breachText(breach: Breach, limit: number): string {
  if (breach === "seconds") return `It took longer than ${limit} s.`;
  if (breach === "processes") return `It ran more than ${limit} processes at once.`;
  return breach === "memory"
    ? `It took more than ${(limit / 1e9).toFixed(1)} GB of memory.`
    : `It wrote more than ${(limit / 1e9).toFixed(1)} GB to the disk.`;
}

function errorText({ name, message, trace, outcome }: End, said: string): string {
  const first = [name, message].filter((part) => part !== "").join(": ");
  const more = trace.split(/^-{18}$/m).at(-1)!.trim();
  const last = outcome === "died" ? lastLines(said, 6) : "";
  return [more.startsWith(first) ? "" : first, more, last].filter((part) => part !== "").join("\n");
}

function clipped(text: string): string {
  return text.length > mostText ? `${text.slice(0, mostText)}…` : text;
}
