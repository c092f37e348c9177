import type { Matrix } from "../runtime/matrix.ts";
import { evaluationOf } from "../training/evaluation_of.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import type { ContinualNetwork } from "./continual_network.ts";
import type { StrategyRun } from "./continual_strategy.ts";
import { unitsFor } from "./stream.ts";

/** What is measured, and when. */
export interface MeasureOptions {
  readonly strategy: StrategyRun;
  /** The experience after which classes compete; −1 before the first. */
  readonly seen: number;
  readonly signal: AbortSignal;
}

/** What one round of tests came to. */
export interface Measured {
  /** On the test set of each experience. */
  readonly accuracies: number[];
  /** `confusion[i][j]`: test images of unit i taken for unit j, over the experiences seen. */
  readonly confusion: number[][];
}

/** Asks the network about every test set of its stream. */
export async function measureExperiences(
  network: ContinualNetwork,
  { strategy, seen, signal }: MeasureOptions,
): Promise<Measured> {
  const { stream } = network;
  const { classNames, experiences } = stream;
  const confusion = classNames.map(() => Array<number>(classNames.length).fill(0));
  const accuracies: number[] = [];
  for (const [number, { test }] of experiences.entries()) {
    signal.throwIfAborted();
    const scores = strategy.scores && seen >= 0
      ? strategy.scores(await network.forward(test, "features"))
      : await network.forward(test, "logits");
    const probabilities = among(scores, unitsFor(stream, { of: number, seen }));
    const evaluation = evaluationOf({ labels: test.labels, probabilities, classNames });
    accuracies.push(evaluation.accuracy);
    if (number > seen) continue;
    evaluation.confusion.forEach((row, unit) => row.forEach((count, other) => confusion[unit][other] += count));
  }
  return { accuracies, confusion };
}

/** The softmax of each row among these units; 0 for the others. */
function among(scores: Matrix, units: readonly number[]): Matrix {
  const open = new Set(units);
  const data = scores.data.map((score, place) => open.has(place % scores.columns) ? score : -Infinity);
  return softmaxRows({ ...scores, data });
}
