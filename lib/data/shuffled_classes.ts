import type { Random } from "../runtime/random.ts";

/** One class and where it occurs. */
export interface ClassIndices {
  readonly label: number;
  readonly indices: Int32Array;
}

/** The classes that occur in `labels`, by label, each with its indices in random order. */
export function shuffledClasses(labels: ArrayLike<number>, random: Random): ClassIndices[] {
  const byLabel = new Map<number, number[]>();
  for (const index of random.permutation(labels.length)) {
    const indices = byLabel.get(labels[index]);
    if (indices) indices.push(index);
    else byLabel.set(labels[index], [index]);
  }
  return [...byLabel].sort(([a], [b]) => a - b).map(([label, indices]) => ({
    label,
    indices: Int32Array.from(indices),
  }));
}
