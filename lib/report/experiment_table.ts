import pl, { type DataFrame } from "nodejs-polars";
import type { ExperimentResultCell } from "../learning/experiment.ts";
import { defaultScreen, type Screen } from "./screen.ts";
import { renderTable, type Table, table, type TableOptions } from "./table.ts";

/**
 * How an experiment stands: a row for each dataset, model and strategy, with the runs done, failed and waiting, and the
 * mean test accuracy at the end of those done. The one progress table of {@linkcode runExperiment}, whose `onCells` gives
 * the cells.
 */
export function experimentTable(
  cells: readonly ExperimentResultCell[],
  { title = "Experiment", digits = 4, ...options }: TableOptions = {},
): Table {
  const several = (key: "dataset" | "model") => new Set(cells.map((cell) => cell[key])).size > 1;
  const [datasets, models] = [several("dataset"), several("model")];
  const groups = Map.groupBy(cells, ({ dataset, model, strategy }) => JSON.stringify([dataset, model, strategy]));
  const rows = [...groups.values()].map((own) => {
    const [{ dataset, model, strategy }] = own;
    const done = own.filter(({ status }) => status === "done");
    const count = (status: ExperimentResultCell["status"]) => own.filter((cell) => cell.status === status).length;
    const last = done.map(({ rounds }) => rounds[rounds.length - 1]);
    return {
      ...datasets && { dataset },
      ...models && { model },
      strategy,
      done: done.length,
      "of these kept": done.filter(({ cached }) => cached).length,
      failed: count("failed"),
      waiting: count("waiting"),
      labels: last.length > 0 ? Math.max(...last.map(({ budget }) => budget)) : null,
      "test accuracy": last.length > 0 ? meanOf(last.map(({ test }) => test?.accuracy ?? NaN)) : null,
      "train s": last.length > 0
        ? meanOf(done.map(({ rounds }) => sumOf(rounds.map(({ seconds }) => seconds.train))))
        : null,
      "query s": last.length > 0
        ? meanOf(done.map(({ rounds }) => sumOf(rounds.map(({ seconds }) => seconds.score + seconds.select))))
        : null,
      error: own.find(({ error }) => error)?.error?.message ?? null,
    };
  });
  const anyError = rows.some(({ error }) => error !== null);
  return table(anyError ? rows : rows.map(({ error: _, ...row }) => row), { title, digits, ...options });
}

/**
 * A listener for `onCells` of an experiment that keeps one {@linkcode experimentTable} up to date: in a notebook it is
 * redrawn as runs end; elsewhere, where nothing can be redrawn, it is drawn once, when none waits.
 */
export function experimentProgress(
  { screen = defaultScreen() }: { readonly screen?: Screen } = {},
): (cells: readonly ExperimentResultCell[]) => void {
  const displayId = `curio-experiment-${crypto.randomUUID()}`;
  let displayed = false;
  return (cells) => {
    if (screen.kind !== "notebook" && cells.some(({ status }) => status === "waiting")) return;
    const { html, text } = renderTable(experimentTable(cells));
    // A table that cannot be drawn must not stop the work that it tells of.
    screen.put({ data: { "text/html": html, "text/plain": text }, displayId, update: displayed }).catch(() => {});
    displayed = true;
  };
}

/**
 * Every round of an experiment's finished runs as a polars frame: `dataset`, `model`, `strategy`, `seed`, `round`,
 * `labels` (that the model learnt from), `budget` (labels paid for, validation included), the measures on test and, where
 * there is one, validation data, and what it took: gradient `steps` and the seconds of each phase.
 */
export function experimentFrame(cells: readonly ExperimentResultCell[]): DataFrame {
  const rows = cells.flatMap(({ dataset, model, strategy, seed, rounds }) =>
    rounds.map(({ round, labels, budget, training, test, validation, seconds }) => ({
      dataset,
      model,
      strategy,
      seed,
      round,
      labels,
      budget,
      steps: training.steps,
      accuracy: test?.accuracy ?? null,
      loss: test?.loss ?? null,
      brier: test?.brier ?? null,
      calibrationError: test?.calibrationError ?? null,
      adaptiveCalibrationError: test?.adaptiveCalibrationError ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      trainSeconds: seconds.train,
      evaluateSeconds: seconds.evaluate,
      scoreSeconds: seconds.score,
      selectSeconds: seconds.select,
    }))
  );
  return pl.DataFrame(rows);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
