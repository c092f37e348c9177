import { liveProgress } from "./live_progress.ts";
import type { Screen } from "./screen.ts";

/** How {@linkcode inTurn} says how far it is. */
export interface InTurnOptions {
  /** The name of the whole, before the bar; `runs` by default. */
  readonly task?: string;
  /** What is counted; `runs` by default. */
  readonly unit?: string;
  /** Where it is drawn; this process's own by default. */
  readonly screen?: Screen;
}

/**
 * Does one job after the other and keeps a line up to date that says how many are done. The first that fails ends it.
 *
 * @returns what each job gave, in order
 *
 * @example
 * ```ts
 * import { inTurn } from "curio";
 * import assert from "node:assert/strict";
 *
 * const squares = await inTurn([1, 2, 3].map((number) => () => number ** 2), { task: "squares", unit: "numbers" });
 * assert.deepEqual(squares, [1, 4, 9]);
 * ```
 */
export async function inTurn<Result>(
  jobs: readonly (() => Promise<Result> | Result)[],
  { task = "runs", unit = "runs", screen }: InTurnOptions = {},
): Promise<Result[]> {
  const progress = liveProgress({ screen });
  const began = performance.now();
  const finish = (outcome: "done" | "failed") =>
    progress({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  const results: Result[] = [];
  progress({ kind: "begin", task, total: jobs.length, unit });
  try {
    for (const job of jobs) {
      results.push(await job());
      progress({ kind: "advance", task, done: results.length });
    }
    finish("done");
  } catch (error) {
    finish("failed");
    throw error;
  } finally {
    await progress.done();
  }
  return results;
}
