import { subset } from "../data/subset.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Examples, instancesOf } from "../learning/examples.ts";
import { instanceCount, instancesAt } from "../learning/instances.ts";

/** Those at `indices`, with other labels and class names where they are given. */
export function examplesAt(
  examples: Examples,
  indices: ArrayLike<number>,
  changes: Partial<Pick<Dataset, "name" | "labels" | "classNames">> = {},
): Examples {
  if (!("features" in examples)) return { ...subset(examples, indices), ...changes };
  return {
    ...examples,
    features: instancesAt(examples.features, indices),
    labels: Int32Array.from(indices, (index) => examples.labels[index]),
    ...changes,
  };
}

/** How many there are. */
export function exampleCount(examples: Examples): number {
  return instanceCount(instancesOf(examples));
}
