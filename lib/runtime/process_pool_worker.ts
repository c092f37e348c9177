import { z } from "zod";
import { encodeWorkerMessage, linesOf, type WorkerMessage } from "./process_pool_messages.ts";
import { peakMemory } from "./process_pool_memory.ts";
import type { ProgressListener } from "./progress.ts";

/** What a worker does with a task. */
export interface TaskServer<Task> {
  /** What a task looks like. */
  readonly task: z.ZodType<Task>;
  /** Does it; the result must be plain JSON. */
  readonly run: (task: Task, options: { readonly onProgress: ProgressListener }) => Promise<unknown>;
}

/**
 * The main function of a worker module, one that {@linkcode runInProcesses} runs: does the tasks that the pool sends, one
 * after another, until the pool closes the channel or ends. The process then exits at the next turn of its event loop, so that no worker
 * outlives its pool.
 */
export async function serveTasks<Task>({ task, run }: TaskServer<Task>): Promise<never> {
  // A notebook's stop button interrupts the whole process group: the pool decides what becomes of its workers.
  Deno.addSignalListener("SIGINT", () => {});
  let busy: Promise<void> = Promise.resolve();
  for await (const line of linesOf(Deno.stdin.readable)) {
    busy = busy.then(() => answer(line, { task, run }));
  }
  Deno.exit(0);
}

async function answer<Task>(line: string, { task, run }: TaskServer<Task>): Promise<void> {
  try {
    const parsed = task.safeParse(JSON.parse(line));
    if (!parsed.success) throw new TypeError(`Cannot run a task: it is malformed: ${z.prettifyError(parsed.error)}`);
    const value = await run(parsed.data, { onProgress: (event) => say({ kind: "progress", event }) });
    say({ kind: "done", value, peakBytes: peakMemory() });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: "failed", name, message, peakBytes: peakMemory() });
  }
}

function say(message: WorkerMessage): void {
  const bytes = encodeWorkerMessage(message);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}
