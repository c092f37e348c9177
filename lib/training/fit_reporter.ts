import type { ProgressEvent, ProgressListener } from "../runtime/progress.ts";
import type { FitPlan } from "./fit_plan.ts";
import type { RunState } from "./run_state.ts";

/** Tells a listener how a training run goes, a few times a second. */
export interface FitReporter {
  begin(): void;
  step(state: RunState): void;
  epoch(state: RunState): void;
  finish(outcome: "done" | "stopped" | "failed", state: RunState): void;
}

/** Between two events, in milliseconds. */
const interval = 250;

const task = "fit";

/** A reporter of a run over `count` training images, counted in images seen. */
export function fitReporter(
  count: number,
  { plan: { stepsPerEpoch, batchSize, totalSteps }, onProgress = () => {} }: {
    readonly plan: FitPlan;
    readonly onProgress?: ProgressListener;
  },
): FitReporter {
  const total = imagesAfter(totalSteps);
  const began = performance.now();
  let told = { at: began, images: 0 };

  function imagesAfter(step: number): number {
    return Math.floor(step / stepsPerEpoch) * count + Math.min(count, step % stepsPerEpoch * batchSize);
  }

  function advance({ step, epochs, current }: RunState): void {
    const done = imagesAfter(step);
    const now = performance.now();
    const last = epochs.at(-1);
    const open = current.images > 0 || !last;
    const metrics = {
      epoch: open ? epochs.length + 1 : last.epoch,
      loss: open ? current.loss / current.images : last.loss,
      accuracy: open ? current.correct / current.images : last.accuracy,
      ...last?.validationLoss !== undefined && { validationLoss: last.validationLoss },
      ...last?.validationAccuracy !== undefined && { validationAccuracy: last.validationAccuracy },
      imagesPerSecond: (done - told.images) / ((now - told.at) / 1000),
    };
    told = { at: now, images: done };
    onProgress({ kind: "advance", task, done, total, metrics });
  }

  return {
    begin: () => onProgress({ kind: "begin", task, total, unit: "images" }),
    step(state) {
      if (performance.now() - told.at > interval) advance(state);
    },
    epoch: advance,
    finish(outcome, { epochs }) {
      const last = epochs.at(-1);
      const event: ProgressEvent = { kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 };
      onProgress(last ? { ...event, metrics: { loss: last.loss, accuracy: last.accuracy } } : event);
    },
  };
}
