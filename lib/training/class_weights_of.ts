/**
 * One weight a class. `"balanced"` gives n / (classes present · images of the class), so that every class weighs alike
 * and the mean over the images is 1 (King and Zeng, 2001; scikit-learn's `class_weight="balanced"`); a class without
 * images gets 0.
 *
 * @throws {RangeError} if the given weights are not one finite number of at least 0 for each class
 */
export function classWeightsOf(
  weights: "balanced" | readonly number[] | undefined,
  { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
): Float32Array {
  if (weights === undefined) return new Float32Array(classes).fill(1);
  if (weights === "balanced") {
    const counts = new Float64Array(classes);
    for (const label of labels) counts[label]++;
    const present = counts.filter((count) => count > 0).length;
    return Float32Array.from(counts, (count) => count === 0 ? 0 : labels.length / (present * count));
  }
  if (weights.length !== classes || !weights.every((weight) => weight >= 0 && weight < Infinity)) {
    throw new RangeError(
      `Cannot weigh the classes: there must be ${classes} finite weights of at least 0: current value is [${weights}]`,
    );
  }
  return Float32Array.from(weights);
}
