import { createHash } from "node:crypto";
import type { Dataset } from "../data/dataset.ts";
import type { FitPlan } from "./fit_plan.ts";
import type { Trainable } from "./trainable.ts";

/** What decides the numbers of a training run, by name, as text that can be compared. */
export type RunConfiguration = Readonly<Record<string, string>>;

/** A schedule is a function, which cannot be compared: its values at so many steps stand for it. */
const scheduleSamples = 33;

/** Everything that a checkpoint must share with the run that goes on from it. */
export function runConfiguration(
  { network, normalization }: Trainable,
  { train, plan }: { readonly train: Dataset; readonly plan: FitPlan },
): RunConfiguration {
  const { schedule, totalSteps, validation, random, classWeights } = plan;
  const samples = Math.min(scheduleSamples, totalSteps);
  const rates = Array.from(
    { length: samples },
    (_, place) => schedule(Math.floor(place * totalSteps / samples), totalSteps),
  );
  return {
    network: digest(JSON.stringify(network.toJSON(null, false))),
    normalization: JSON.stringify(normalization),
    "training data": dataText(train),
    validation: validation ? dataText(validation) : "none",
    seed: JSON.stringify(random.state),
    batchSize: `${plan.batchSize}`,
    steps: `${totalSteps}`,
    learningRate: JSON.stringify(rates),
    optimizer: JSON.stringify(plan.optimizer),
    augmentation: JSON.stringify(plan.augmentation ?? {}),
    earlyStopping: JSON.stringify(plan.earlyStopping ?? {}),
    labelSmoothing: `${plan.labelSmoothing}`,
    classWeights: classWeights.join(),
    clipNorm: `${plan.clipNorm}`,
    learningRateScales: JSON.stringify(plan.learningRateScales),
    precision: plan.precision,
  };
}

function dataText({ name, images, labels, checksum }: Dataset): string {
  return `${name}, ${images.count} images, ${digest(checksum, labels)}`;
}

function digest(...parts: (string | Int32Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}
