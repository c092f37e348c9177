import { z } from "zod";
import { formatCount } from "../format.ts";
import type { Findings, NotebookFindings } from "./findings.ts";

/** The three answers that the assignment asks for. */
export const approaches = ["custom CNN", "pretrained", "active learning"] as const;

/** One accuracy on test images, with what it took. */
export interface AccuracyRow {
  readonly approach: typeof approaches[number];
  readonly network: string;
  /** How many labels it learnt from: `10 a class`. */
  readonly labels: string;
  /** How those were chosen: `random`, `everything`, or a strategy. */
  readonly by: string;
  readonly accuracy: number;
  /** How far another machine's value may lie from it. */
  readonly tolerance: number;
  /** Of the training; undefined where nobody measured it. */
  readonly seconds: number | undefined;
  readonly notebook: string;
}

/**
 * The accuracies that the assignment asks for, as far as the core notebooks have them, by approach: the custom CNN on all
 * images (notebook 1), pretrained networks beside it with the most labels tried (notebook 2), active learning beside
 * random labels and all labels (the one table of notebook 3; where there is a metric, which has evidence behind it, its
 * value). None is rounded.
 */
export function accuracyRows(findings: Findings): AccuracyRow[] {
  const rows = findings.notebooks.flatMap((found) => {
    if (found.name.startsWith("01_")) return baselineRows(found);
    if (found.name.startsWith("02_")) return pretrainedRows(found);
    return found.name.startsWith("03_") ? activeRows(found, findings) : [];
  });
  return approaches.flatMap((approach) => rows.filter((row) => row.approach === approach));
}

const trainedOn = z.object({ images: z.number() });

function baselineRows({ name, metrics: { metrics, measured, configuration } }: NotebookFindings): AccuracyRow[] {
  if (!("testAccuracy" in metrics)) return [];
  const { value, tolerance } = metrics.testAccuracy;
  const images = trainedOn.safeParse(configuration).data?.images;
  return [{
    approach: "custom CNN",
    network: "the baseline",
    labels: images === undefined ? "–" : formatCount(images),
    by: "everything",
    accuracy: value,
    tolerance,
    seconds: measured.trainingSeconds,
    notebook: name,
  }];
}

/** Of metrics named `fine-tuned resnet20-cifar10, 1000 a class`. */
function pretrainedRows({ name, metrics: { metrics, measured } }: NotebookFindings): AccuracyRow[] {
  const tried = Object.entries(metrics).flatMap(([metric, found]) => {
    const [, network, each] = /^(.+), (\d+) a class$/.exec(metric) ?? [];
    return network === undefined ? [] : [{ network, each: Number(each), ...found }];
  });
  const most = Math.max(...tried.map(({ each }) => each));
  return tried.filter(({ each }) => each === most).map(({ network, each, value, tolerance }) => ({
    approach: network === "CNN from scratch" ? "custom CNN" : "pretrained",
    network,
    labels: `${formatCount(each)} a class`,
    by: "random",
    accuracy: value,
    tolerance,
    seconds: measured[`${network}, seconds`],
    notebook: name,
  }));
}

const oneTable = z.array(z.object({
  model: z.string(),
  "labels by": z.string(),
  labels: z.number(),
  accuracy: z.number(),
  seconds: z.number(),
}));
const tunedFrom = z.object({ backbone: z.string() });

function activeRows(
  { name, metrics: { metrics, configuration } }: NotebookFindings,
  { tables }: Findings,
): AccuracyRow[] {
  const rows = oneTable.safeParse(tables.get("03_one_table")).data ?? [];
  const spent = Math.max(...rows.filter((row) => row["labels by"] !== "everything").map(({ labels }) => labels));
  const backbone = tunedFrom.safeParse(configuration).data?.backbone ?? "a pretrained network";
  // One tolerance holds for all that this notebook measures.
  const tolerance = Math.max(0, ...Object.values(metrics).map(({ tolerance }) => tolerance));
  return rows.flatMap(({ model, labels, accuracy, seconds, ...row }) => {
    const by = row["labels by"];
    if (by !== "everything" && labels !== spent) return [];
    const isChosen = by !== "everything" && by !== "random";
    const isCustom = model === "custom CNN";
    const metric = `${isCustom ? "CNN" : model}, ${by === "everything" ? "all labels" : `last round, ${by}`}`;
    return [{
      approach: isChosen ? "active learning" : isCustom ? "custom CNN" : "pretrained",
      network: isCustom ? "a narrower CNN" : `fine-tuned ${backbone}`,
      labels: formatCount(labels),
      by,
      accuracy: metrics[metric]?.value ?? accuracy,
      tolerance,
      seconds,
      notebook: name,
    }];
  });
}
