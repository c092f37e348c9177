import { kFolds } from "../data/k_folds.ts";
import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import { evaluationOf } from "../training/evaluation_of.ts";
import { type LinearProbeOptions, probeOf } from "./linear_probe.ts";
import { logisticPath } from "./logistic_regression.ts";

/** Embeddings `[items, features]` and their classes. */
export interface LabelledEmbeddings {
  readonly embeddings: Matrix;
  readonly labels: ArrayLike<number>;
}

/** How {@linkcode chooseC} chooses. */
export interface ChooseCOptions extends Pick<LinearProbeOptions, "classNames" | "standardise"> {
  /** Draws the folds. */
  readonly random: Random;
  /** Ascending; default 10⁻⁴, 10⁻³·⁵ … 10². */
  readonly cs?: readonly number[];
  /** Folds of the cross-validation; default 5. */
  readonly folds?: number;
  /** Labelled items to choose by, instead of cross-validation. */
  readonly validation?: LabelledEmbeddings;
  /** What is to be least: the mean negative log-likelihood (default), or the share of wrong answers. */
  readonly criterion?: "loss" | "error";
  readonly onProgress?: ProgressListener;
}

/** How well one C does on items that the probe was not trained on. */
export interface CScore {
  readonly c: number;
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number;
  /** Share of wrong answers. */
  readonly error: number;
}

/** What {@linkcode chooseC} found. */
export interface ChosenC {
  /** The best; of equally good ones the smallest, which is the most regularised. */
  readonly c: number;
  /** Of each C that was tried on all folds, in order. */
  readonly scores: readonly CScore[];
}

const defaultCs = Array.from({ length: 13 }, (_, place) => 10 ** (-4 + place / 2));

/**
 * The C of a {@linkcode linearProbe} by stratified k-fold cross-validation on its own training items, or by a validation
 * set. Classes with fewer items than folds are always trained on. The probes of a fold are trained from the smallest C
 * up, each beginning where the one before ended and ending where its logits are within about 0.01; a fold ends where its
 * loss is a tenth above its least, or where its criterion has become worse twice running (the error: four times), since it
 * is only getting worse and training slower from there. Which C is best is judged among those that every fold has reached.
 *
 * @param embeddings `[items, features]`
 * @param labels their classes
 * @throws {RangeError} if no class has as many items as there are folds, `cs` do not ascend, or as `linearProbe` does
 *
 * @example
 * ```ts
 * import { chooseC, matrix, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const labels = Array.from({ length: 60 }, (_, item) => item % 2);
 * const embeddings = matrix(labels.map((label) => [label + 0.5 * random.normal(), random.normal()]));
 * const { c, scores } = await chooseC(embeddings, labels, { classNames: ["low", "high"], random });
 * const least = Math.min(...scores.map(({ loss }) => loss));
 * assert.equal(scores.find((score) => score.c === c)?.loss, least);
 * ```
 */
export async function chooseC(
  embeddings: Matrix,
  labels: ArrayLike<number>,
  options: ChooseCOptions,
): Promise<ChosenC> {
  const { cs = defaultCs, criterion = "loss", onProgress } = options;
  if (cs.length === 0 || cs.some((c, place) => !(c > (cs[place - 1] ?? 0)))) {
    throw new RangeError(`Cannot choose C: there must be positive numbers that ascend: current value is [${cs}]`);
  }
  const folds: Fold[] = [];
  const task = "choose C";
  const total = options.validation ? 1 : options.folds ?? 5;
  const began = performance.now();
  let outcome: "done" | "failed" = "failed";
  onProgress?.({ kind: "begin", task, total, unit: "folds" });
  try {
    for (const trial of trialsOf({ embeddings, labels }, options)) {
      folds.push({ count: trial.held.labels.length, scores: await scoresOf(trial, { ...options, cs, criterion }) });
      onProgress?.({ kind: "advance", task, done: folds.length, total });
    }
    outcome = "done";
  } finally {
    onProgress?.({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  }
  const reached = Math.min(...folds.map(({ scores }) => scores.length));
  const items = folds.reduce((sum, { count }) => sum + count, 0);
  const scores = cs.slice(0, reached).map((c, place) => {
    const mean = (of: "loss" | "error") =>
      folds.reduce((sum, { count, scores }) => sum + scores[place][of] * count / items, 0);
    return { c, loss: mean("loss"), error: mean("error") };
  });
  return { c: scores.reduce((a, b) => b[criterion] < a[criterion] ? b : a).c, scores };
}

interface Fold {
  /** Items that were held out. */
  readonly count: number;
  readonly scores: readonly CScore[];
}

interface Trial {
  readonly train: LabelledEmbeddings;
  readonly held: LabelledEmbeddings;
}

/** One after the other, since each copies the embeddings. */
function* trialsOf(all: LabelledEmbeddings, { validation, folds = 5, random }: ChooseCOptions): Generator<Trial, void> {
  if (validation) return yield { train: all, held: validation };
  const counts = new Map<number, number>();
  for (let item = 0; item < all.labels.length; item++) {
    counts.set(all.labels[item], (counts.get(all.labels[item]) ?? 0) + 1);
  }
  const items = Array.from(all.labels, (_, item) => item);
  const divided = items.filter((item) => counts.get(all.labels[item])! >= folds);
  if (divided.length === 0) {
    throw new RangeError(
      `Cannot choose C: some class must have an item for each of ${folds} folds: ` +
        `current value is ${
          Math.max(0, ...counts.values())
        } in the largest. Make fewer folds, or give a validation set.`,
    );
  }
  const alwaysTrained = items.filter((item) => counts.get(all.labels[item])! < folds);
  const part = (chosen: readonly number[]): LabelledEmbeddings => ({
    embeddings: gatherRows(all.embeddings, chosen),
    labels: chosen.map((item) => all.labels[item]),
  });
  for (const { train, validation } of kFolds(divided.map((item) => all.labels[item]), { folds, random })) {
    yield {
      train: part([...Array.from(train, (place) => divided[place]), ...alwaysTrained]),
      held: part(Array.from(validation, (place) => divided[place])),
    };
  }
}

/** How often a criterion may become worse, running; the loss is smooth in C, the share of errors is not. */
const patience = { loss: 2, error: 4 };

/** By how much a fold's loss may exceed its least: from there the probes only become surer, and take longest to train. */
const hopeless = 1.1;

/** Of one fold, as far as it is worth going. */
async function scoresOf(
  { train, held }: Trial,
  { classNames, standardise, cs, criterion }: ChooseCOptions & Required<Pick<ChooseCOptions, "cs" | "criterion">>,
): Promise<CScore[]> {
  const scores: CScore[] = [];
  const labels = Int32Array.from(held.labels);
  const path = logisticPath(train.embeddings, train.labels, {
    ...{ classCount: classNames.length, standardise, cs },
    ...{ precise: false, tolerance: 0.01 },
  });
  for await (const { c, weights } of path) {
    const probabilities = await probeOf({ classNames, c, weights }).probabilities(held.embeddings);
    const { loss, accuracy } = evaluationOf({ labels, probabilities, classNames });
    scores.push({ c, loss, error: 1 - accuracy });
    if (criterion === "loss" && loss > hopeless * Math.min(...scores.map((score) => score.loss))) break;
    const last = scores.slice(-1 - patience[criterion]).map((score) => score[criterion]);
    if (last.length > patience[criterion] && last.every((value, place) => !(value <= last[place - 1]))) break;
  }
  return scores;
}
