import { initialSet } from "../data/initial_set.ts";
import { logisticRegression } from "../models/logistic_regression.ts";
import { gatherRows, type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import { type PoolView, poolView } from "./pool_view.ts";
import type { Family, QueryStrategy } from "./query_strategy.ts";
import type { ToyPlane } from "./toy_plane.ts";

/** How {@linkcode playStrategy} plays. */
export interface PlayOptions {
  /** Strategies that are given the same one begin with the same labels. */
  readonly random: Random;
  /** Labels at each step, growing; those of the first are drawn by lot, balanced over classes. Default 5, 10, 20. */
  readonly labels?: readonly number[];
  /** How many the last step asks for (default 10); every other one asks for what the next step has more. */
  readonly lastBatch?: number;
}

/** What was known at one step of a {@linkcode Play}, and what was asked then. */
export interface PlayStep {
  /** Items in the order in which their labels came. */
  readonly labelled: Int32Array;
  /** Items in the order in which the strategy wants them. */
  readonly asked: Int32Array;
  /** Share of all items that the probe trained on `labelled` gets right. */
  readonly accuracy: number;
  /** The probe's weights, `[classes, features + 1]`, the bias last in each row. */
  readonly weights: Float64Array;
}

/** A strategy's way through a toy pool. */
export interface Play {
  readonly strategy: string;
  readonly family: Family;
  readonly plane: ToyPlane;
  readonly steps: readonly PlayStep[];
}

/**
 * Lets a strategy ask on a {@linkcode ToyPlane}. At each step a softmax regression ({@linkcode logisticRegression}) is trained
 * on what is labelled; the strategy asks, and gets the true classes.
 *
 * The committee are five probes on bootstrap samples of the labels (query by bagging: Abe and Mamitsuka, 1998). The
 * dropout passes are twenty of the probe with every weight multiplied by 1 + ε/2, ε standard normal: Gaussian dropout
 * (Srivastava et al., 2014, section 10).
 *
 * @throws {RangeError} if `labels` do not grow, are more than there are items, or a class has too few for its share of the
 *   first
 *
 * @example
 * ```ts
 * import { marginSampling, playStrategy, Random, toyPlane } from "curio";
 * import assert from "node:assert/strict";
 *
 * const plane = toyPlane(new Random("plane"));
 * const { steps } = await playStrategy(marginSampling(), plane, { random: new Random(1) });
 * assert.deepEqual(steps.map(({ labelled }) => labelled.length), [5, 10, 20]);
 * assert.deepEqual(steps[1].labelled, Int32Array.of(...steps[0].labelled, ...steps[0].asked));
 * ```
 */
export async function playStrategy(
  strategy: QueryStrategy,
  plane: ToyPlane,
  { random, labels = [5, 10, 20], lastBatch = 10 }: PlayOptions,
): Promise<Play> {
  const items = plane.labels.length;
  if (labels.some((count, step) => !(count > (labels[step - 1] ?? -1) && count <= items))) {
    throw new RangeError(
      `Cannot play: the labels of the steps must grow from 0 or more to at most ${items}: current value is ${labels}`,
    );
  }
  const steps: PlayStep[] = [];
  let labelled = initialSet(plane.labels, { size: labels[0], random: random.child("first") });
  for (const [step, count] of labels.entries()) {
    const { view, weights, accuracy } = await roundOf(plane, { labelled, random: random.child(step) });
    const wanted = (labels[step + 1] ?? count + lastBatch) - count;
    const { indices: asked } = await strategy.select(view, wanted, random.child(step).child(strategy.name));
    steps.push({ labelled, asked, accuracy, weights });
    labelled = Int32Array.of(...labelled, ...asked);
  }
  return { strategy: strategy.name, family: strategy.family, plane, steps };
}

interface Round {
  readonly labelled: Int32Array;
  readonly random: Random;
}

interface Seen extends Omit<PlayStep, "asked" | "labelled"> {
  readonly view: PoolView;
}

async function roundOf(plane: ToyPlane, { labelled, random }: Round): Promise<Seen> {
  const { points, classCount } = plane;
  const fit = async (items: Int32Array) => {
    const labels = items.map((item) => plane.labels[item]);
    return (await logisticRegression(gatherRows(points, items), labels, { classCount })).weights;
  };
  const weights = await fit(labelled);
  const known = new Set(labelled);
  const believed = (ids: ArrayLike<number>, by = weights) => softmaxRows(logitsOf(gatherRows(points, ids), by));
  const view = poolView({
    classCount,
    candidates: [...plane.labels.keys()].filter((item) => !known.has(item)),
    labelled,
    labels: labelled.map((item) => plane.labels[item]),
    embeddings: (ids) => gatherRows(points, ids),
    labelledEmbeddings: (ids) => gatherRows(points, ids),
    logits: (ids) => logitsOf(gatherRows(points, ids), weights),
    labelledProbabilities: (ids) => believed(ids),
    committee: (ids) =>
      Promise.all([...Array(5).keys()].map(async (member) => {
        const own = random.child("committee").child(member);
        return believed(ids, await fit(labelled.map(() => labelled[own.integer(labelled.length)])));
      })),
    dropoutPasses: (ids) =>
      [...Array(20).keys()].map((pass) => {
        const own = random.child("dropout").child(pass);
        return believed(ids, weights.map((weight) => weight * (1 + 0.5 * own.normal())));
      }),
  });
  const everything = logitsOf(points, weights);
  const right = plane.labels.filter((label, item) => {
    const row = rowOf(everything, item);
    return row.indexOf(Math.max(...row)) === label;
  });
  return { view, weights, accuracy: right.length / plane.labels.length };
}

function logitsOf(points: Matrix, weights: Float64Array): Matrix {
  const stride = points.columns + 1;
  const classCount = weights.length / stride;
  const data = new Float32Array(points.rows * classCount);
  for (let item = 0; item < points.rows; item++) {
    const point = rowOf(points, item);
    for (let label = 0; label < classCount; label++) {
      const row = weights.subarray(label * stride, (label + 1) * stride);
      data[item * classCount + label] = point.reduce((sum, value, at) => sum + row[at] * value, row[stride - 1]);
    }
  }
  return { rows: points.rows, columns: classCount, data };
}
