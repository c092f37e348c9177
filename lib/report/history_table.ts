import pl, { type DataFrame } from "nodejs-polars";
import type { History } from "../training/history.ts";

/**
 * A row for each epoch, with the fields of an epoch record as columns; validation columns only where there was a
 * validation set.
 */
export function historyTable({ epochs }: Pick<History, "epochs">): DataFrame {
  const validated = epochs.some(({ validationLoss }) => validationLoss !== undefined);
  return pl.DataFrame({
    epoch: epochs.map(({ epoch }) => epoch),
    learningRate: epochs.map(({ learningRate }) => learningRate),
    loss: epochs.map(({ loss }) => loss),
    accuracy: epochs.map(({ accuracy }) => accuracy),
    ...validated && {
      validationLoss: epochs.map(({ validationLoss }) => validationLoss ?? null),
      validationAccuracy: epochs.map(({ validationAccuracy }) => validationAccuracy ?? null),
    },
    seconds: epochs.map(({ seconds }) => seconds),
  });
}
