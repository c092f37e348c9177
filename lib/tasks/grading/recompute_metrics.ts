import { createHash } from "node:crypto";
import type { Evidence } from "../../report/evidence.ts";
import { aulc } from "../../report/statistics/aulc.ts";
import { commonRange } from "../../report/statistics/learning_run.ts";
import { packHashes, unpackHashes } from "../../runtime/hash64.ts";
import { evaluationOf } from "../../training/evaluation_of.ts";
import type { TestImages } from "./test_images.ts";

/** A metric as the grader finds it: a number, or why there is none. */
export type Recomputed = { readonly value: number } | { readonly fault: string };

/**
 * Computes the metrics of a notebook again, from what its models predicted, with the grader's own labels.
 *
 * What is of learning curves is computed from the accuracies that the evidence gives for their points; `checkMetrics`
 * asks whether predictions stand behind them.
 *
 * @returns by name, in the order of the evidence
 */
export function recomputeMetrics(evidence: Evidence, testImages: TestImages): Map<string, Recomputed> {
  const images = unpackHashes(evidence.test.images);
  const strange = strangeImages(images, testImages);
  return new Map(
    Object.entries(evidence.metrics).map(([name, metric]): [string, Recomputed] => {
      if (metric.statistic === "aulc") return [name, areaOf(evidence, metric)];
      if (metric.statistic === "lastAccuracy") return [name, lastAccuracyOf(evidence, metric)];
      if (strange) return [name, { fault: strange }];
      const wrong = metric.predictions.find(({ length }) => length !== images.length);
      if (wrong) return [name, { fault: `it gives ${wrong.length} predictions for ${images.length} test images` }];
      const classes = testImages.classNames.length;
      if (metric.predictions.flat().some((each) => each >= classes)) {
        return [name, { fault: `it predicts a class beyond the ${classes} of ${testImages.dataset}` }];
      }
      const values = metric.predictions.map((classes) =>
        statisticOf(metric.statistic, { classes, images, testImages })
      );
      return [name, { value: values.reduce((sum, value) => sum + value, 0) / values.length }];
    }),
  );
}

/** What makes a list of images something else than test images, each at most as often as it is there. */
function strangeImages(images: BigUint64Array, { dataset, labels, copies }: TestImages): string | undefined {
  if (images.length === 0) return "it names no test images";
  const unknown = images.filter((hash) => !labels.has(hash)).length;
  if (unknown > 0) return `${unknown} of its ${images.length} test images are none of the test images of ${dataset}`;
  const times = new Map<bigint, number>();
  for (const hash of images) times.set(hash, (times.get(hash) ?? 0) + 1);
  const repeated = [...times].filter(([hash, count]) => count > (copies.get(hash) ?? 1)).length;
  return repeated > 0 ? `${repeated} of its test images are counted more than once` : undefined;
}

interface Predicted {
  readonly classes: readonly number[];
  readonly images: BigUint64Array;
  readonly testImages: TestImages;
}

function statisticOf(statistic: "accuracy" | "macroF1", { classes, images, testImages }: Predicted): number {
  const { classNames } = testImages;
  const columns = classNames.length;
  const data = new Float32Array(classes.length * columns);
  classes.forEach((each, row) => data[row * columns + each] = 1);
  const labels = Int32Array.from(images, (hash) => testImages.labels.get(hash)!);
  const evaluation = evaluationOf({ labels, probabilities: { rows: classes.length, columns, data }, classNames });
  return statistic === "accuracy" ? evaluation.accuracy : evaluation.macro.f1;
}

interface Compared {
  readonly study: string;
  readonly strategy: string;
}

function lastAccuracyOf({ runs }: Evidence, { study, strategy }: Compared): Recomputed {
  const own = runs.filter((run) => run.study === study && run.strategy === strategy);
  if (own.length === 0) return { fault: `no run of ${strategy} stands behind it` };
  return { value: own.reduce((sum, { rounds }) => sum + rounds.at(-1)!.testAccuracy, 0) / own.length };
}

function areaOf({ runs }: Evidence, { study, strategy }: Compared): Recomputed {
  const curves = runs.filter((run) => run.study === study).map(({ strategy, seed, rounds }) => ({
    strategy,
    seed,
    labels: rounds.map(({ budget }) => budget),
    values: rounds.map(({ testAccuracy }) => testAccuracy),
  }));
  const own = curves.filter((curve) => curve.strategy === strategy);
  if (own.length === 0) return { fault: `no run of ${strategy} stands behind it` };
  const range = commonRange(curves);
  if (!(range.from < range.to)) return { fault: `the runs of ${study} share no range of budgets` };
  return { value: own.reduce((sum, curve) => sum + aulc(curve, range), 0) / own.length };
}

/** What tells predictions apart: the classes that were given to the images, in whatever order. */
export function predictionDigest(images: BigUint64Array, classes: ArrayLike<number>): string {
  const { order, digest } = orders.get(images) ?? orderOf(images);
  return createHash("sha256").update(digest).update(order.map((place) => classes[place]).join()).digest("hex").slice(
    0,
    32,
  );
}

/** Thousands of predictions are for the same images. */
const orders = new WeakMap<BigUint64Array, { readonly order: readonly number[]; readonly digest: Uint8Array }>();

function orderOf(images: BigUint64Array) {
  const order = [...images.keys()].sort((a, b) => Number(images[a] > images[b]) - Number(images[a] < images[b]));
  const sorted = packHashes(BigUint64Array.from(order, (place) => images[place]));
  const found = { order, digest: createHash("sha256").update(sorted).digest() };
  orders.set(images, found);
  return found;
}
