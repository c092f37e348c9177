/** Options of {@linkcode targetRows}. */
export interface TargetOptions {
  readonly classes: number;
  /** ε: each target is (1 − ε)·one-hot + ε / classes (Szegedy et al., 2016, section 7); default 0. */
  readonly labelSmoothing?: number;
}

/** Labels as rows of a distribution, `[labels.length, classes]`. */
export function targetRows(labels: ArrayLike<number>, { classes, labelSmoothing = 0 }: TargetOptions): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(labelSmoothing / classes);
  for (let row = 0; row < labels.length; row++) targets[row * classes + labels[row]] += 1 - labelSmoothing;
  return targets;
}
