import { z } from "zod";
import { cacheFolder } from "../data/cache_folder.ts";
import { cellInterruption } from "../runtime/interruption.ts";
import { runInProcesses } from "../runtime/process_pool.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { cellLoader, type KeptCell, readCell, runCell } from "./experiment_cell.ts";
import { cellsOf, type ExperimentDeclaration, parseExperiment } from "./experiment_schema.ts";
import { type LearningRun, learningRun, type LearningRunOptions } from "./learning_run.ts";
import type { Round } from "./round.ts";

/** What {@linkcode runExperiment} may be told. */
export interface ExperimentOptions {
  /** Where cells are kept; default `data/caches/experiments`. */
  readonly folder?: string;
  /** Processes at most, 0 for none but this one; by default as many as cores and memory allow. */
  readonly workers?: number;
  /** Bytes that a process is expected to take; default 1 GB. */
  readonly memory?: number;
  /** Threads of TensorFlow in each process; default 1. Part of what names a cell, since it changes last bits. */
  readonly threads?: number;
  /** Ends the processes; what they had finished is kept. By default the notebook's stop button. */
  readonly signal?: AbortSignal;
  /** One task, `experiment`, that counts cells. */
  readonly onProgress?: ProgressListener;
  /** Called with all cells as they stand, whenever one of them ends. */
  readonly onCells?: (cells: readonly ExperimentResultCell[]) => void;
}

/** One run of an experiment, and what became of it. */
export interface ExperimentResultCell {
  readonly dataset: string;
  readonly model: string;
  readonly strategy: string;
  readonly seed: number;
  readonly status: "waiting" | "done" | "failed";
  /** Whether it was read from an earlier run's folder. */
  readonly cached: boolean;
  readonly rounds: readonly Round[];
  readonly error?: Error;
}

/** What {@linkcode runExperiment} gives. */
export interface ExperimentResult {
  readonly cells: readonly ExperimentResultCell[];
  /** Those that failed. */
  readonly failures: readonly ExperimentResultCell[];
}

const task = "experiment";

/**
 * Runs active learning with every strategy, at every seed, with every model, on every dataset, in processes of its own
 * as far as cores and memory go, each with one thread unless `threads` says otherwise.
 *
 * All strategies begin, at one seed, with the same labels and the same initial weights. Each cell is kept under the hash
 * of its resolved configuration (data, backend, TensorFlow version and threads included): the same experiment run again
 * reads what is there and does the rest. A cell that fails is reported, and the others go on.
 *
 * @throws {TypeError} if the declaration is wrong, saying where
 * @throws the signal's reason when aborted
 *
 * @example
 * ```ts ignore
 * import { compareStrategies, comparisonTable, learningRuns, runExperiment, show } from "curio";
 *
 * const result = await runExperiment({
 *   datasets: [{ catalogue: "fashion-mnist", pool: 10_000, test: 2_000 }],
 *   models: [{ kind: "cnn", steps: 300 }],
 *   strategies: ["random", "margin", "entropy", "badge"],
 *   seeds: 3,
 * });
 * await show(comparisonTable(compareStrategies(learningRuns(result))));
 * ```
 */
export async function runExperiment(
  declaration: ExperimentDeclaration,
  { folder = cacheFolder("experiments"), workers, memory, threads, signal = cellInterruption(), onProgress, onCells }:
    ExperimentOptions = {},
): Promise<ExperimentResult> {
  const declared = cellsOf(parseExperiment(declaration));
  const cells = declared.map(({ dataset, model, strategy, seed }): ExperimentResultCell => ({
    dataset: dataset.name,
    model: model.name,
    strategy: strategy.name,
    seed,
    status: "waiting",
    cached: false,
    rounds: [],
  }));
  const began = performance.now();
  onProgress?.({ kind: "begin", task, total: cells.length, unit: "runs" });
  const settle = async (outcome: Ending, place: number) => {
    const rounds = outcome.status === "done" ? await readCell(outcome.value.file) : undefined;
    const { dataset, model, strategy, seed } = cells[place];
    if (outcome.status === "done" && rounds) {
      cells[place] = { ...cells[place], status: "done", cached: outcome.value.cached, rounds };
    } else {
      const error = outcome.status === "failed"
        ? outcome.error
        : new Error(`Cannot read ${outcome.value.file}: it is gone or damaged. Run the experiment again.`);
      cells[place] = { ...cells[place], status: "failed", error };
      const text = `${strategy} at seed ${seed} (${model}, ${dataset}) failed: ${error.message}`;
      onProgress?.({ kind: "note", task, text });
    }
    onProgress?.({ kind: "advance", task, done: count("done") + count("failed"), metrics: figures() });
    onCells?.([...cells]);
  };
  const count = (status: ExperimentResultCell["status"]) => cells.filter((cell) => cell.status === status).length;
  const figures = () => ({ cached: cells.filter(({ cached }) => cached).length, failed: count("failed") });
  const finish = (outcome: "done" | "stopped" | "failed") =>
    onProgress?.({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000, metrics: figures() });
  try {
    if (workers === 0) {
      const load = cellLoader();
      for (const [place, cell] of declared.entries()) {
        await settle(await endingOf(runCell(cell, { folder, load, signal }), signal), place);
      }
    } else {
      const settling: Promise<void>[] = [];
      await runInProcesses(declared.map((_, place) => ({ experiment: declaration, place, folder })), {
        module: new URL("experiment_worker.ts", import.meta.url),
        result: z.strictObject({ file: z.string(), cached: z.boolean() }),
        workers,
        memory,
        threads,
        signal,
        onOutcome: (outcome, place) => settling.push(settle(outcome, place)),
      });
      await Promise.all(settling);
    }
    finish("done");
  } catch (error) {
    finish(signal.aborted ? "stopped" : "failed");
    throw error;
  }
  return { cells, failures: cells.filter(({ status }) => status === "failed") };
}

/** How a cell's run ended. */
type Ending =
  | { readonly status: "done"; readonly value: KeptCell }
  | { readonly status: "failed"; readonly error: Error };

async function endingOf(running: Promise<KeptCell>, signal: AbortSignal): Promise<Ending> {
  try {
    return { status: "done", value: await running };
  } catch (error) {
    signal.throwIfAborted();
    return { status: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/**
 * The learning curves of an experiment, one for each run that was finished, over all labels that were paid for, those
 * of the validation set included. Dataset and model are named where there are several.
 */
export function learningRuns(
  { cells }: Pick<ExperimentResult, "cells">,
  options?: LearningRunOptions,
): LearningRun[] {
  const several = (name: "dataset" | "model") => new Set(cells.map((cell) => cell[name])).size > 1;
  const [datasets, models] = [several("dataset"), several("model")];
  return cells.filter(({ status }) => status === "done").map(({ dataset, model, ...run }) =>
    learningRun({ ...run, ...(datasets && { dataset }), ...(models && { model }) }, options)
  );
}
