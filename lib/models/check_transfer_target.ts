import type { Dataset } from "../data/dataset.ts";

/** What weights were trained on, as their file says. */
export interface Pretraining {
  /** As the catalogue calls the dataset. */
  readonly dataset: string;
  readonly classNames: readonly string[];
  /** Of its training and its test images. */
  readonly checksums: readonly string[];
}

/**
 * Refuses to carry weights over to the very dataset that they were trained on: they have seen its training images, all
 * with their labels, so no number of labels would be few, and no comparison with a network from scratch fair. It is known
 * by its name, by the sum of its content, and by its class names, as a folder of the same images has them.
 *
 * @param weights their name, for the message
 * @throws {RangeError} if the target is the dataset of the pretraining
 */
export function checkTransferTarget(
  weights: string,
  { pretraining, target }: {
    readonly pretraining: Pretraining;
    readonly target: Pick<Dataset, "name" | "classNames" | "checksum">;
  },
): void {
  const { dataset, classNames, checksums } = pretraining;
  const sorted = (names: readonly string[]) => names.map((name) => name.toLowerCase()).sort().join("\n");
  const reason = target.name === dataset
    ? "by its name"
    : checksums.includes(target.checksum)
    ? "by the SHA-256 of its content"
    : sorted(target.classNames) === sorted(classNames)
    ? "by its class names"
    : undefined;
  if (reason === undefined) return;
  throw new RangeError(
    `Cannot use ${weights} on "${target.name}": the target must not be what the weights were trained on: it is ` +
      `${dataset}, ${reason}. They have seen its labels, so what they reach there says nothing about transfer. ` +
      "Choose another dataset, or weights of another one, such as ImageNet's.",
  );
}
