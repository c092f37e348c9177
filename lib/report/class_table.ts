import pl, { type DataFrame } from "nodejs-polars";
import type { Evaluation } from "../training/evaluation.ts";

/**
 * A row for each class: `class`, `precision`, `recall`, `f1` (each in [0, 1]) and `support` (images of the class).
 *
 * The averages over classes are in the evaluation itself, as `macro` and `weighted`.
 */
export function classTable({ classes }: Pick<Evaluation, "classes">): DataFrame {
  return pl.DataFrame({
    class: classes.map(({ className }) => className),
    precision: classes.map(({ precision }) => precision),
    recall: classes.map(({ recall }) => recall),
    f1: classes.map(({ f1 }) => f1),
    support: classes.map(({ support }) => support),
  });
}
