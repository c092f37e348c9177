import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { lastLines, runCommand } from "./command.ts";
import { kernelName } from "./setup/kernel.ts";
import { thisSite, venvPython } from "./setup/site.ts";
import { notebookName } from "./notebook_file.ts";

/** How the execution of a notebook ended. */
export interface NotebookRun {
  readonly outcome: "passed" | "skipped" | "failed" | "timeout" | "died" | "stopped";
  /** Which cell with code it ended in, counted from 1, and of how many. */
  readonly cell: number;
  readonly of: number;
  readonly seconds: number;
  /** Peak resident memory of the kernel, in bytes. */
  readonly peak: number;
  /** Why it was skipped, or what went wrong. */
  readonly message: string;
  /** What the cell printed with its error. */
  readonly trace: string;
}

export interface ExecuteNotebookOptions {
  /** Where the executed notebook and its page go. */
  readonly reports: string;
  /** Seconds that one cell may take. */
  readonly cellSeconds: number;
  /** Seconds that the whole notebook may take. */
  readonly notebookSeconds: number;
  readonly onCell?: (number: number, of: number) => void;
}

const eventSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("cell"), number: z.number(), of: z.number() }),
  z.object({
    event: z.literal("end"),
    outcome: z.enum(["passed", "skipped", "failed", "timeout", "died", "stopped"]),
    cell: z.number(),
    of: z.number(),
    seconds: z.number(),
    peak: z.number(),
    message: z.string().default(""),
    trace: z.string().default(""),
  }),
]);

const script = fileURLToPath(new URL("./python/execute_notebook.py", import.meta.url));

/**
 * Executes a notebook headless in the Curio kernel and writes `<name>.ipynb` and `<name>.html` to the reports, as far
 * as it came. Never hangs: every cell has its time, and a kernel that dies is noticed.
 */
export async function executeNotebook(
  notebook: string,
  { reports, cellSeconds, notebookSeconds, onCell }: ExecuteNotebookOptions,
): Promise<NotebookRun> {
  await Deno.mkdir(reports, { recursive: true });
  const name = notebookName(notebook);
  let end: NotebookRun | undefined;
  const { stderr } = await runCommand([
    ...[venvPython(thisSite()), "-B", script, notebook, join(reports, `${name}.ipynb`), join(reports, `${name}.html`)],
    ...["--kernel", kernelName, "--parent", String(Deno.pid)],
    ...["--cell-seconds", String(cellSeconds), "--notebook-seconds", String(notebookSeconds)],
  ], {
    // Where the notebook itself writes figures and metrics; and that nobody sits there to answer.
    env: { ...Deno.env.toObject(), CURIO_REPORTS: reports, CURIO_HEADLESS: "1" },
    onLine(line, from) {
      if (from === "stderr") return;
      const event = eventSchema.parse(JSON.parse(line));
      if (event.event === "cell") onCell?.(event.number, event.of);
      else end = { ...event, trace: traceIn(event.trace) };
    },
  });
  const said = lastLines(stderr.replace(/^Warning "deno jupyter" is unstable.*$/m, ""), 12);
  if (end === undefined) {
    return { outcome: "died", cell: 0, of: 0, seconds: 0, peak: 0, message: "the runner itself failed", trace: said };
  }
  return end.outcome === "died" ? { ...end, trace: said } : end;
}

/** nbclient puts the source of the cell between dashes before the error; it is shown elsewhere. */
function traceIn(text: string): string {
  return text.split(/^-{18}$/m).at(-1)!.trim();
}
