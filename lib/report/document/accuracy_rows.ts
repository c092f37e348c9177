import { z } from "zod";
import { formatCount } from "../format.ts";
import type { NotebookFindings } from "./findings.ts";

/** The three answers that the assignment asks for. */
export const approaches = ["custom CNN", "pretrained", "active learning"] as const;

/** One accuracy on test images, with what it took. */
export interface AccuracyRow {
  readonly approach: typeof approaches[number];
  readonly network: string;
  /** How many labels it learnt from: `10 a class`. */
  readonly labels: string;
  /** How those were chosen. */
  readonly chosen: string;
  readonly accuracy: number;
  /** How far another machine's value may lie from it. */
  readonly tolerance: number;
  readonly notebook: string;
}

const trainedOn = z.object({ images: z.number() });
const tunedFrom = z.object({ backbone: z.string() });

/**
 * The accuracies that the assignment asks for, as far as the core notebooks' metrics have them, by approach: the custom
 * CNN on all images (notebook 1), pretrained networks beside it with the most labels tried (notebook 2), active learning
 * beside random labels and all labels (notebook 3). Each is a metric, unrounded.
 */
export function accuracyRows(notebooks: readonly NotebookFindings[]): AccuracyRow[] {
  const rows = notebooks.flatMap((found) => {
    if (found.name.startsWith("01_")) return baselineRows(found);
    if (found.name.startsWith("02_")) return pretrainedRows(found);
    return found.name.startsWith("03_") ? activeRows(found) : [];
  });
  return approaches.flatMap((approach) => rows.filter((row) => row.approach === approach));
}

function baselineRows({ name, metrics: { metrics, configuration } }: NotebookFindings): AccuracyRow[] {
  const images = trainedOn.safeParse(configuration).data?.images;
  const labels = images === undefined ? "–" : formatCount(images);
  return "testAccuracy" in metrics
    ? [{
      ...{ approach: "custom CNN", network: "the baseline", labels, chosen: "all images" },
      ...{ ...accuracyOf(metrics.testAccuracy), notebook: name },
    }]
    : [];
}

/** Of metrics named `fine-tuned resnet20-cifar10, 1000 a class`. */
function pretrainedRows({ name, metrics: { metrics } }: NotebookFindings): AccuracyRow[] {
  const tried = Object.entries(metrics).flatMap(([metric, found]) => {
    const [, network, each] = /^(.+), (\d+) a class$/.exec(metric) ?? [];
    return network === undefined ? [] : [{ network, each: Number(each), found }];
  });
  const most = Math.max(...tried.map(({ each }) => each));
  return tried.filter(({ each }) => each === most).map(({ network, each, found }) => ({
    approach: network === "CNN from scratch" ? "custom CNN" : "pretrained",
    ...{ network, labels: `${formatCount(each)} a class`, chosen: "at random" },
    ...{ ...accuracyOf(found), notebook: name },
  }));
}

/** Of metrics named `custom CNN, badge, 1000 labels`, where the strategy may be `random` or `everything`. */
function activeRows({ name, metrics: { metrics, configuration } }: NotebookFindings): AccuracyRow[] {
  const backbone = tunedFrom.safeParse(configuration).data?.backbone ?? "a pretrained network";
  const measured = Object.entries(metrics).flatMap(([metric, found]) => {
    const [, network, by, labels] = /^(.+), ([^,]+), (\d+) labels$/.exec(metric) ?? [];
    return network === undefined ? [] : [{ network, by, labels: Number(labels), found }];
  });
  const spent = Math.max(...measured.filter(({ by }) => by !== "everything").map(({ labels }) => labels));
  const wanted = measured.filter(({ by, labels }) => by === "everything" || labels === spent);
  return wanted.map(({ network, by, labels, found }) => {
    const isChosen = by !== "everything" && by !== "random";
    return {
      approach: isChosen ? "active learning" : network.startsWith("custom") ? "custom CNN" : "pretrained",
      network: network.startsWith("custom") ? "a narrower CNN" : `fine-tuned ${backbone}`,
      labels: formatCount(labels),
      chosen: isChosen ? `by ${by}` : by === "random" ? "at random" : "all of the pool",
      ...{ ...accuracyOf(found), notebook: name },
    };
  });
}

function accuracyOf({ value, tolerance }: { readonly value: number; readonly tolerance: number }) {
  return { accuracy: value, tolerance };
}
