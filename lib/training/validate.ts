import type { Dataset } from "../data/dataset.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Engine } from "./engine.ts";
import { runForward } from "./run_forward.ts";

/** What `fit` looks at after each epoch. */
export interface ValidationMetrics {
  /** Mean negative log-likelihood, in nats. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** Loss and accuracy of an engine's present weights. @throws the signal's reason, once it is aborted */
export async function validate(
  engine: Engine,
  { images, labels }: Dataset,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ValidationMetrics> {
  return lossAndAccuracy(await runForward(engine, images, { output: "logits", signal }), labels);
}

/** Of each row, −log softmax(z) at its label, in float64: also exact where softmax itself would round to 0 or 1. */
function lossAndAccuracy(logits: Matrix, labels: Int32Array): ValidationMetrics {
  let loss = 0;
  let right = 0;
  labels.forEach((label, index) => {
    const row = rowOf(logits, index);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = row.reduce((total, score) => total + Math.exp(score - largest), 0);
    loss += largest + Math.log(sum) - row[label];
    if (row.indexOf(largest) === label) right++;
  });
  return { validationLoss: loss / labels.length, validationAccuracy: right / labels.length };
}
