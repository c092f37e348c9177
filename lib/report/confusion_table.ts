import pl, { type DataFrame } from "nodejs-polars";
import type { Evaluation } from "../training/evaluation.ts";

/** A row for each pair of a true and a predicted class that occurred: `trueClass`, `predictedClass`, `count`. */
export function confusionTable({ classNames, confusion }: Pick<Evaluation, "classNames" | "confusion">): DataFrame {
  const pairs = confusion.flatMap((row, trueIndex) =>
    row.flatMap((count, predictedIndex) => count > 0 ? [{ trueIndex, predictedIndex, count }] : [])
  );
  return pl.DataFrame({
    trueClass: pairs.map(({ trueIndex }) => classNames[trueIndex]),
    predictedClass: pairs.map(({ predictedIndex }) => classNames[predictedIndex]),
    count: pairs.map(({ count }) => count),
  });
}
