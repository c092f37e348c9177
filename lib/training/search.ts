import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { cellInterruption } from "../runtime/interruption.ts";
import { type ProcessPoolOptions, runInProcesses } from "../runtime/process_pool.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import type { Configuration } from "./search_space.ts";

/** What is asked of one evaluation. */
export interface TrialRequest {
  readonly configuration: Configuration;
  /** How much training it gets, in the search's own unit (steps, epochs, images); see {@linkcode Halving}. */
  readonly budget: number;
}

/** Trains with a configuration and answers how good it is on validation data; larger is better. */
export type Evaluate = (request: TrialRequest, options: { readonly signal: AbortSignal }) => Promise<number>;

/** A configuration, and what came of it. */
export interface Trial extends TrialRequest {
  /** On validation data, larger is better; null where the evaluation failed, or gave no number. */
  readonly score: number | null;
  readonly error?: string;
  /** Of the evaluation, also where it was read back. */
  readonly seconds: number;
}

/**
 * Successive halving: all configurations are tried with the least budget, the best 1/η of them with η times as much, and
 * so on, up to the largest.
 */
export interface Halving {
  /** Budget of the first rung. */
  readonly least: number;
  /** Budget that no rung goes beyond. */
  readonly most: number;
  /** Default 3. */
  readonly eta?: number;
}

/** What {@linkcode search} may be told. */
export interface SearchOptions {
  /** A function of this process, one trial after another; or a module whose workers are given `TrialRequest`s. */
  readonly evaluate: Evaluate | SearchWorkers;
  /** Tries few configurations long and many briefly; all get the same budget, 1, without it. */
  readonly halving?: Halving;
  /** Keeps each trial in a folder, so that a search that was stopped or killed goes on. */
  readonly keep?: KeptSearch;
  /** By default the notebook's stop button. */
  readonly signal?: AbortSignal;
  /** One task, `search`, that counts trials. */
  readonly onProgress?: ProgressListener;
}

/** Processes that evaluate: the module calls `serveTasks` and answers with a number. */
export type SearchWorkers = Pick<ProcessPoolOptions<number>, "module" | "workers" | "memory" | "threads">;

/** Where trials are kept. */
export interface KeptSearch {
  readonly folder: string;
  /** Everything besides the configuration that decides a score: data, split, network, seed. Plain JSON. */
  readonly study: unknown;
}

/** What {@linkcode search} found. */
export interface SearchResult {
  /** In the order in which they were asked for, rung after rung. */
  readonly trials: readonly Trial[];
  /** The best of the largest budget. */
  readonly best: Trial;
}

const task = "search";

/**
 * Tries hyperparameters: all configurations alike (grid and random search), or by successive halving (Jamieson and
 * Talwalkar, 2016, "Non-stochastic Best Arm Identification and Hyperparameter Optimization"; the rungs as in Li et al.,
 * 2018, "Hyperband": ⌊n ÷ ηⁱ⌋ configurations with a budget of `least` · ηⁱ).
 *
 * Scores are of validation data. A configuration that fails (a learning rate that diverges) is ranked last, and the others
 * go on; equal scores are ranked in the order of the list. Each trial is kept under the hash of study, configuration and
 * budget, so a killed search that is started again ends with the same result.
 *
 * @throws {RangeError} if there is no configuration, or `halving` cannot be
 * @throws {Error} if every configuration failed, with the last one's error
 * @throws the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { gridConfigurations, search } from "curio";
 * import assert from "node:assert/strict";
 *
 * const { best, trials } = await search(gridConfigurations({ x: [0, 1, 2, 3], y: [0, 1] }), {
 *   evaluate: ({ configuration: { x, y } }) => Promise.resolve(-((Number(x) - 2) ** 2) - Number(y)),
 * });
 * assert.deepEqual(best.configuration, { x: 2, y: 0 });
 * assert.equal(trials.length, 8);
 * ```
 */
export async function search(
  configurations: readonly Configuration[],
  { evaluate, halving, keep, signal = cellInterruption(), onProgress }: SearchOptions,
): Promise<SearchResult> {
  const rungs = rungsOf(configurations.length, halving);
  const total = rungs.reduce((sum, { count }) => sum + count, 0);
  const began = performance.now();
  const trials: Trial[] = [];
  let done = 0;
  const onTrial = (trial: Trial) => {
    const { score, error } = trial;
    if (error) {
      onProgress?.({ kind: "note", task, text: `${JSON.stringify(trial.configuration)} failed: ${error}` });
    }
    onProgress?.({ kind: "advance", task, done: ++done, ...score !== null && { metrics: { score } } });
  };
  const finish = (outcome: "done" | "stopped" | "failed") =>
    onProgress?.({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  onProgress?.({ kind: "begin", task, total, unit: "trials" });
  try {
    let ranked: readonly Configuration[] = configurations;
    for (const { count, budget } of rungs) {
      const requests = ranked.slice(0, count).map((configuration) => ({ configuration, budget }));
      const rung = await runTrials(requests, { evaluate, keep, signal, onTrial });
      trials.push(...rung);
      ranked = rank(rung).map(({ configuration }) => configuration);
    }
    const [best] = rank(trials.slice(-rungs.at(-1)!.count));
    if (best.score === null) throw new Error(`Cannot choose hyperparameters: every trial failed: ${best.error}`);
    finish("done");
    return { trials, best };
  } catch (error) {
    finish(signal.aborted ? "stopped" : "failed");
    throw error;
  }
}

/** Best first; sorting keeps the order of equals. */
function rank(trials: readonly Trial[]): Trial[] {
  return [...trials].sort((one, other) => (other.score ?? -Infinity) - (one.score ?? -Infinity) || 0);
}

interface Rung {
  readonly count: number;
  readonly budget: number;
}

function rungsOf(count: number, halving: Halving | undefined): Rung[] {
  if (count === 0) {
    throw new RangeError("Cannot search: there must be at least one configuration: current value is an empty list");
  }
  if (!halving) return [{ count, budget: 1 }];
  const { least, most, eta = 3 } = halving;
  if (!(eta > 1 && least > 0 && most >= least && Number.isFinite(most))) {
    throw new RangeError(
      "Cannot halve: η must be above 1 and budgets must go from a least above 0 to a larger most: current value is " +
        JSON.stringify({ least, most, eta }),
    );
  }
  const rungs = [{ count, budget: least }];
  for (let rung = 1; least * eta ** rung <= most * (1 + 1e-9); rung++) {
    const left = Math.floor(count / eta ** rung);
    if (left < 1) break;
    rungs.push({ count: left, budget: least * eta ** rung });
  }
  return rungs;
}

interface TrialOptions extends Pick<SearchOptions, "evaluate" | "keep"> {
  readonly signal: AbortSignal;
  readonly onTrial: (trial: Trial) => void;
}

async function runTrials(
  requests: readonly TrialRequest[],
  { evaluate, keep, signal, onTrial }: TrialOptions,
): Promise<Trial[]> {
  const trials: (Trial | undefined)[] = await Promise.all(requests.map((request) => keep && readTrial(request, keep)));
  trials.forEach((trial) => trial && onTrial(trial));
  const open = [...trials.keys()].filter((place) => trials[place] === undefined);
  const settle = async (place: number, ending: Omit<Trial, keyof TrialRequest>) => {
    const trial = { ...requests[place], ...ending };
    if (keep && trial.error === undefined) await writeFileAtomic(pathOf(trial, keep), JSON.stringify(trial));
    trials[place] = trial;
    onTrial(trial);
  };
  if (typeof evaluate === "function") {
    for (const place of open) await settle(place, await scored(evaluate(requests[place], { signal }), signal));
  } else {
    const settled: Promise<void>[] = [];
    await runInProcesses(open.map((place) => requests[place]), {
      ...evaluate,
      result: z.number().nullable().transform((score) => score ?? NaN), // JSON has no NaN
      signal,
      onOutcome: ({ seconds, ...outcome }, at) => {
        const ending = outcome.status === "done"
          ? scoreOf(outcome.value)
          : { score: null, error: outcome.error.message };
        settled.push(settle(open[at], { ...ending, seconds }));
      },
    });
    await Promise.all(settled);
  }
  return trials as Trial[];
}

async function scored(running: Promise<number>, signal: AbortSignal): Promise<Omit<Trial, keyof TrialRequest>> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const score = await running;
    return { ...scoreOf(score), seconds: seconds() };
  } catch (error) {
    signal.throwIfAborted();
    return { score: null, error: error instanceof Error ? error.message : String(error), seconds: seconds() };
  }
}

function scoreOf(score: number): Pick<Trial, "score" | "error"> {
  return Number.isFinite(score) ? { score } : { score: null, error: `the score is ${score}` };
}

const trialSchema = z.strictObject({
  configuration: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  budget: z.number(),
  score: z.number(),
  seconds: z.number(),
});

/** A trial that was kept; nothing where it was not, or its file is damaged and it is done again. */
async function readTrial(request: TrialRequest, keep: KeptSearch): Promise<Trial | undefined> {
  try {
    return trialSchema.parse(JSON.parse(await Deno.readTextFile(pathOf(request, keep))));
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    if (isMissing || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

function pathOf({ configuration, budget }: TrialRequest, { folder, study }: KeptSearch): string {
  const named = Object.entries(configuration).sort(([one], [other]) => one < other ? -1 : 1);
  const hash = createHash("sha256").update(JSON.stringify([study, named, budget])).digest("hex").slice(0, 32);
  return join(folder, `${hash}.json`);
}
