import type { Annotation } from "./annotation.ts";

/** What {@linkcode dawidSkene} may be told. */
export interface DawidSkeneOptions {
  /** Number of classes; one more than the largest label by default. */
  readonly classCount?: number;
  /** Most iterations of EM; 100 by default. */
  readonly iterations?: number;
  /** Ends when no posterior changes by more; 1e-6 by default. */
  readonly tolerance?: number;
  /** Added to each count of a confusion matrix, against certainty from few answers; 0 by default, as in the paper. */
  readonly smoothing?: number;
}

/** Who can be trusted, and what the items are then. */
export interface DawidSkeneResult {
  /** Items in the order of their first appearance; rows of `posteriors`. */
  readonly items: readonly number[];
  /** For each item, the probability of each class. */
  readonly posteriors: readonly Float64Array[];
  /** For each item, the most probable class. */
  readonly labels: readonly number[];
  /** Share of each class among the items. */
  readonly priors: Float64Array;
  /** Of each annotator, row j, column l: the probability of answering l where the truth is j. */
  readonly confusions: ReadonlyMap<string, readonly Float64Array[]>;
  readonly iterations: number;
}

/**
 * The true classes and everybody's error rates, estimated together by expectation and maximisation (Dawid and Skene,
 * 1979, *Maximum likelihood estimation of observer error-rates using the EM algorithm*, Applied Statistics 28, eqs 2.3
 * to 2.5), from the shares of the votes. An annotator may answer for an item more than once.
 *
 * T_ij ∝ p_j ∏_k ∏_l π_jl^(k) ^ n_il^(k); π_jl^(k) = Σ_i T_ij n_il^(k) / Σ_l Σ_i T_ij n_il^(k); p_j = Σ_i T_ij / I
 *
 * @throws {RangeError} if a label is not an integer in 0…`classCount` − 1
 */
export function dawidSkene(
  annotations: readonly Annotation[],
  { classCount, iterations = 100, tolerance = 1e-6, smoothing = 0 }: DawidSkeneOptions = {},
): DawidSkeneResult {
  const classes = classCount ?? annotations.reduce((most, { label }) => Math.max(most, label + 1), 0);
  const rows = new Map<number, number>();
  for (const { item, label } of annotations) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      const rule = `a label must be an integer in 0…${classes - 1}`;
      throw new RangeError(`Cannot weigh annotators: ${rule}: current value is ${label}`);
    }
    if (!rows.has(item)) rows.set(item, rows.size);
  }
  const answers = annotations.map(({ item, annotator, label }) => ({ row: rows.get(item)!, annotator, label }));
  const zeros = () => new Float64Array(classes);
  let posteriors = Array.from(rows, zeros);
  for (const { row, label } of answers) posteriors[row][label]++;
  posteriors.forEach(normalise);

  const priors = zeros();
  const confusions = new Map<string, Float64Array[]>();
  let iteration = 0;
  for (let change = Infinity; iteration < iterations && change > tolerance; iteration++) {
    priors.fill(0);
    for (const posterior of posteriors) posterior.forEach((share, truth) => priors[truth] += share / posteriors.length);
    confusions.clear();
    for (const { row, annotator, label } of answers) {
      const counts = confusions.get(annotator) ?? emptyConfusion();
      confusions.set(annotator, counts);
      for (let truth = 0; truth < classes; truth++) counts[truth][label] += posteriors[row][truth];
    }
    for (const confusion of confusions.values()) confusion.forEach(normalise);

    // In logarithms: a product over many answers would underflow.
    const next = posteriors.map(() => Float64Array.from(priors, Math.log));
    for (const { row, annotator, label } of answers) {
      const confusion = confusions.get(annotator)!;
      for (let truth = 0; truth < classes; truth++) next[row][truth] += Math.log(confusion[truth][label]);
    }
    change = 0;
    next.forEach((logs, row) => {
      const most = Math.max(...logs);
      logs.forEach((log, truth) => logs[truth] = Math.exp(log - most));
      normalise(logs);
      logs.forEach((share, truth) => change = Math.max(change, Math.abs(share - posteriors[row][truth])));
    });
    posteriors = next;
  }
  const labels = posteriors.map((posterior) => posterior.indexOf(Math.max(...posterior)));
  return { items: [...rows.keys()], posteriors, labels, priors, confusions, iterations: iteration };

  function emptyConfusion(): Float64Array[] {
    return Array.from({ length: classes }, () => zeros().fill(smoothing));
  }
}

/** Scales a row to sum to 1; one of zeros stays. */
function normalise(row: Float64Array): void {
  const sum = row.reduce((total, value) => total + value, 0);
  if (sum > 0) row.forEach((value, index) => row[index] = value / sum);
}
