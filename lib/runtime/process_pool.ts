import { join } from "node:path";
import { z } from "zod";
import { cellInterruption } from "./interruption.ts";
import { linesOf, parseWorkerMessage, type WorkerMessage } from "./process_pool_messages.ts";
import { availableMemory } from "./process_pool_memory.ts";
import type { ProgressEvent } from "./progress.ts";
import { projectRoot } from "./project_root.ts";

/** What {@linkcode runInProcesses} may be told. */
export interface ProcessPoolOptions<Result> {
  /** The module that each worker runs; it calls `serveTasks`. */
  readonly module: URL;
  /** What a result looks like. */
  readonly result: z.ZodType<Result>;
  /** Workers at most; by default as many as cores and memory allow. */
  readonly workers?: number;
  /**
   * Threads that TensorFlow may use for one operation, in each worker; default 1. Their number changes the last bits of
   * results, so it is fixed here and not a share of whatever the machine has.
   */
  readonly threads?: number;
  /** Bytes that one worker is expected to take; default 1 GB. A worker that takes more makes the pool smaller. */
  readonly memory?: number;
  /** Ends all workers; by default the notebook's stop button. */
  readonly signal?: AbortSignal;
  /** Called as each task ends. */
  readonly onOutcome?: (outcome: TaskOutcome<Result>, place: number) => void;
  /** Called with what the task at `place` tells of its progress. */
  readonly onProgress?: (event: ProgressEvent, place: number) => void;
}

/** How a task ended. */
export type TaskOutcome<Result> =
  | { readonly status: "done"; readonly value: Result; readonly seconds: number }
  | { readonly status: "failed"; readonly error: Error; readonly seconds: number };

/** A worker died, or broke the rules of its channel: the task that it had is lost, the others go on. */
export class WorkerError extends Error {
  override name = "WorkerError";
}

const defaultMemory = 1e9;

/**
 * How many workers can run at once: one for each `threads` cores, and no more than the free memory (of the machine and of
 * the control group) holds; at least one.
 */
export function workersThatFit(
  { threads = 1, memory = defaultMemory, available = availableMemory(), cores = navigator.hardwareConcurrency }: {
    readonly threads?: number;
    /** Bytes that one worker takes. */
    readonly memory?: number;
    readonly available?: number;
    readonly cores?: number;
  } = {},
): number {
  return Math.max(1, Math.min(Math.floor(cores / threads), Math.floor(available / memory)));
}

/**
 * Runs tasks in processes of their own, several at once: TensorFlow cannot run in more than one thread of a process. A
 * worker does one task after another; one that crashes or is killed is reported for its task and replaced.
 *
 * No worker outlives the call, however it ends, nor this process.
 *
 * @param tasks plain JSON
 * @returns the outcome of each task, in their order
 * @throws the signal's reason when aborted, after the last worker has ended
 */
export async function runInProcesses<Result>(
  tasks: readonly unknown[],
  options: ProcessPoolOptions<Result>,
): Promise<TaskOutcome<Result>[]> {
  const { threads = 1, memory = defaultMemory, signal = cellInterruption(), onOutcome } = options;
  signal.throwIfAborted();
  const available = availableMemory();
  const fitting = (bytes: number) => workersThatFit({ threads, memory: bytes, available });
  const outcomes = new Array<TaskOutcome<Result>>(tasks.length);
  let largest = memory;
  let next = 0;

  async function runLane(lane: number): Promise<void> {
    let worker: Worker | undefined;
    try {
      // A pool whose workers take more than was declared shrinks as they finish what they are at.
      while (next < tasks.length && !signal.aborted && (lane === 0 || options.workers || lane < fitting(largest))) {
        const place = next++;
        const began = performance.now();
        worker ??= startWorker({ module: options.module, threads, signal });
        const ended = await taskEnd(worker, tasks[place], { ...options, place });
        if (ended.peakBytes === undefined) {
          await worker.end();
          worker = undefined;
        } else {
          largest = Math.max(largest, ended.peakBytes);
        }
        signal.throwIfAborted();
        outcomes[place] = { ...ended.outcome, seconds: (performance.now() - began) / 1000 };
        onOutcome?.(outcomes[place], place);
      }
    } finally {
      await worker?.end();
    }
  }

  const lanes = Math.min(tasks.length, options.workers ?? fitting(memory));
  const ended = await Promise.allSettled(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  signal.throwIfAborted();
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
  return outcomes;
}

interface Worker {
  send(task: unknown): Promise<void>;
  /** What it says next; nothing once it has died. */
  hear(): Promise<WorkerMessage | undefined>;
  /** How it died and what it said last. */
  obituary(): Promise<string>;
  end(): Promise<void>;
}

function startWorker(
  { module, threads, signal }: { readonly module: URL; readonly threads: number; readonly signal: AbortSignal },
): Worker {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--config", join(projectRoot, "deno.json"), module.href],
    // Several processes on one GPU: each takes the memory it needs, not all there is.
    env: { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_FORCE_GPU_ALLOW_GROWTH: "true" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const lastLines: string[] = [];
  const keep = (line: string) => {
    lastLines.push(line);
    if (lastLines.length > 12) lastLines.shift();
  };
  const complaints = (async () => {
    for await (const line of linesOf(child.stderr)) keep(line);
  })();
  const messages = messagesOf(child.stdout, keep);
  const kill = () => {
    try {
      child.kill("SIGKILL"); // what workers keep is written whole or not at all
    } catch { /* it has ended by itself */ }
  };
  signal.addEventListener("abort", kill, { once: true });
  return {
    send: (task) => input.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`)),
    hear: async () => (await messages.next()).value,
    async obituary() {
      kill();
      const { code, signal: killer } = await child.status;
      await complaints;
      const how = killer === "SIGKILL"
        ? "it was killed (SIGKILL), often for want of memory: give the pool more `memory` for each worker"
        : killer
        ? `it was ended by ${killer}`
        : `it exited with ${code}`;
      return [how, ...lastLines].join("\n");
    },
    async end() {
      signal.removeEventListener("abort", kill);
      kill();
      await input.close().catch(() => {});
      await messages.return(undefined);
      await complaints;
      await child.status;
    },
  };
}

async function* messagesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onOther: (line: string) => void,
): AsyncGenerator<WorkerMessage, undefined> {
  for await (const line of linesOf(stream)) {
    const message = parseWorkerMessage(line);
    if (message) yield message;
    else onOther(line);
  }
}

/** How the task ended; `peakBytes` is missing where the worker is of no more use. */
async function taskEnd<Result>(
  worker: Worker,
  task: unknown,
  { result, onProgress, place }: ProcessPoolOptions<Result> & { readonly place: number },
): Promise<{ readonly outcome: Unmeasured<TaskOutcome<Result>>; readonly peakBytes?: number }> {
  try {
    await worker.send(task).catch(() => {}); // a worker that cannot be written to has died, and is heard to
    for (let message = await worker.hear(); message; message = await worker.hear()) {
      if (message.kind === "progress") {
        onProgress?.(message.event, place);
        continue;
      }
      const { peakBytes } = message;
      if (message.kind === "failed") {
        return { outcome: { status: "failed", error: namedError(message) }, peakBytes };
      }
      const parsed = result.safeParse(message.value);
      return parsed.success
        ? { outcome: { status: "done", value: parsed.data }, peakBytes }
        : { outcome: { status: "failed", error: badResult(parsed.error) }, peakBytes };
    }
    const error = new WorkerError(`Cannot finish task ${place}: its worker died: ${await worker.obituary()}`);
    return { outcome: { status: "failed", error } };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { outcome: { status: "failed", error: new WorkerError(`Cannot finish task ${place}: ${said}`) } };
  }
}

type Unmeasured<T> = T extends unknown ? Omit<T, "seconds"> : never;

function namedError({ name, message }: { readonly name: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { name });
}

function badResult(error: z.ZodError): WorkerError {
  return new WorkerError(`Cannot read a task's result: it is malformed: ${z.prettifyError(error)}`);
}
