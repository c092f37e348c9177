import type { Round, Stability } from "./round.ts";

/** A round as a stopping rule sees it: without anything measured on the test set. */
export type RoundProgress = Omit<Round, "test">;

/** When labels are no longer worth their price. */
export interface StoppingRule {
  /** As the last round names it. */
  readonly name: string;
  readonly reference: string;
  /** The values in force, defaults included. */
  readonly options: Readonly<Record<string, number>>;
  /** What it goes by besides labels: held-out labels, or the model's own predictions for the stop set. */
  readonly needs: readonly ("validation" | "stability")[];
  /** On what grounds to stop after the last of these rounds; nothing, to go on. */
  check(rounds: readonly RoundProgress[]): string | undefined;
}

/** Ends a run once validation accuracy reaches `accuracy`. */
export function targetAccuracy(accuracy: number): StoppingRule {
  return {
    name: "targetAccuracy",
    reference: "the person who pays for the labels",
    options: { accuracy },
    needs: ["validation"],
    check(rounds) {
      const reached = rounds.at(-1)?.validation?.accuracy ?? 0;
      return reached >= accuracy ? `validation accuracy ${reached.toFixed(4)} reached ${accuracy}` : undefined;
    },
  };
}

/**
 * Ends a run once validation accuracy has not risen by `minDelta` (0.005) above its best for `patience` (3) rounds:
 * max(aₜ₋₂, aₜ₋₁, aₜ) < max(a₁…aₜ₋₃) + minDelta.
 */
export function plateau({ patience = 3, minDelta = 0.005 } = {}): StoppingRule {
  return {
    name: "plateau",
    reference: "Beatty, Kochis and Bloodgood (2019), The use of unlabeled data versus labeled data for stopping " +
      "active learning for text classification, ICSC: its labelled-data baseline",
    options: { patience, minDelta },
    needs: ["validation"],
    check(rounds) {
      const curve = rounds.map(({ validation }) => validation?.accuracy ?? 0);
      if (curve.length <= patience) return undefined;
      const best = Math.max(...curve.slice(0, -patience));
      const since = Math.max(...curve.slice(-patience));
      return since < best + minDelta
        ? `validation accuracy rose by less than ${minDelta} above ${best.toFixed(4)} in ${patience} rounds`
        : undefined;
    },
  };
}

/**
 * Ends a run once the predictions for the stop set have settled: the mean of Cohen's kappa between successive models
 * (κ = (o − e) / (1 − e), {@linkcode predictionStability}) over `window` (3) rounds is at least `kappa` (0.99). These
 * and the 2,000 items of the stop set are the paper's recommendation; a lower kappa stops sooner.
 */
export function stabilisedPredictions({ kappa = 0.99, window = 3 } = {}): StoppingRule {
  return {
    name: "stabilisedPredictions",
    reference: "Bloodgood and Vijay-Shanker (2009), A method for stopping active learning based on stabilizing " +
      "predictions and the need for user-adjustable stopping, CoNLL",
    options: { kappa, window },
    needs: ["stability"],
    check(rounds) {
      const values = lastOf(rounds, { window, read: (stability) => stability.kappa });
      const settled = values && mean(values);
      return settled !== undefined && settled >= kappa
        ? `mean kappa ${settled.toFixed(4)} of ${window} rounds reached ${kappa}`
        : undefined;
    },
  };
}

/**
 * Ends a run once the predicted change of F, 1 − 2a / (2a + b + c) between successive models
 * ({@linkcode predictionStability}), stayed below `threshold` (0.05) in `window` (3) rounds. The defaults are those of
 * the library small-text.
 */
export function deltaF({ threshold = 0.05, window = 3 } = {}): StoppingRule {
  return {
    name: "deltaF",
    reference: "Altschuler and Bloodgood (2019), Stopping active learning based on predicted change of F measure for " +
      "text classification, ICSC; over several classes, the mean of their F",
    options: { threshold, window },
    needs: ["stability"],
    check(rounds) {
      const values = lastOf(rounds, { window, read: (stability) => stability.deltaF });
      return values?.every((value) => value < threshold)
        ? `predicted change of F stayed below ${threshold} for ${window} rounds`
        : undefined;
    },
  };
}

/**
 * Ends a run once at most a share `changed` (0) of the predictions for unlabelled items differ from those of the round
 * before. The paper asks that none does.
 */
export function classificationChange({ changed = 0 } = {}): StoppingRule {
  return {
    name: "classificationChange",
    reference:
      "Zhu, Wang and Hovy (2008), Multi-criteria-based strategy to stop active learning for data annotation, " +
      "COLING",
    options: { changed },
    needs: ["stability"],
    check(rounds) {
      const [share] = lastOf(rounds, { window: 1, read: (stability) => stability.changed }) ?? [Infinity];
      return share <= changed ? `a share of ${share.toFixed(4)} of the predictions changed` : undefined;
    },
  };
}

/**
 * Ends a run once the mean entropy of the unlabelled items, −Σ p·ln p / ln(classes), is at most `entropy` (0.05, as in the
 * library small-text).
 */
export function overallUncertainty({ entropy = 0.05 } = {}): StoppingRule {
  return {
    name: "overallUncertainty",
    reference:
      "Zhu, Wang and Hovy (2008), Multi-criteria-based strategy to stop active learning for data annotation, " +
      "COLING",
    options: { entropy },
    needs: ["stability"],
    check(rounds) {
      const [mean] = lastOf(rounds, { window: 1, read: (stability) => stability.meanEntropy }) ?? [Infinity];
      return mean <= entropy ? `mean entropy ${mean.toFixed(4)} fell to ${entropy}` : undefined;
    },
  };
}

/**
 * Ends a run once even the least certain unlabelled item has an entropy, −Σ p·ln p / ln(classes), of at most `entropy`:
 * 0.001, which others quote as the paper's example of "close to zero". It looks at the items that uncertainty sampling
 * asks for next, which are the least certain.
 */
export function maxConfidence({ entropy = 0.001 } = {}): StoppingRule {
  return {
    name: "maxConfidence",
    reference: "Zhu and Hovy (2007), Active learning for word sense disambiguation with methods for addressing the " +
      "class imbalance problem, EMNLP-CoNLL",
    options: { entropy },
    needs: ["stability"],
    check(rounds) {
      const [most] = lastOf(rounds, { window: 1, read: (stability) => stability.maxEntropy }) ?? [Infinity];
      return most <= entropy ? `the largest entropy ${most.toFixed(4)} fell to ${entropy}` : undefined;
    },
  };
}

/**
 * Ends a run once the model's confidence in the unlabelled items has fallen in `window` (3) rounds in a row, which tells
 * that it peaked. Confidence is minus the mean entropy, where the paper sums the margins of a support vector machine.
 */
export function confidenceDrop({ window = 3 } = {}): StoppingRule {
  return {
    name: "confidenceDrop",
    reference: "Vlachos (2008), A stopping criterion for active learning, Computer Speech and Language 22",
    options: { window },
    needs: ["stability"],
    check(rounds) {
      const values = lastOf(rounds, { window: window + 1, read: (stability) => stability.meanEntropy });
      return values?.every((value, at) => at === 0 || value > values[at - 1])
        ? `mean entropy rose ${window} times in a row, to ${values.at(-1)!.toFixed(4)}`
        : undefined;
    },
  };
}

/**
 * Ends a run once the model had foreseen a share `accuracy` (0.9) of the labels that were bought last: the paper's
 * _min-error_, for which it gives 0.9 as an example.
 */
export function selectedAccuracy({ accuracy = 0.9 } = {}): StoppingRule {
  return {
    name: "selectedAccuracy",
    reference: "Zhu and Hovy (2007), EMNLP-CoNLL: min-error; Zhu, Wang and Hovy (2008), COLING: selected accuracy",
    options: { accuracy },
    needs: [],
    check(rounds) {
      const answered = rounds.at(-2)?.asked.filter(({ label, prediction }) => label !== null && prediction !== null) ??
        [];
      if (answered.length === 0) return undefined;
      const share = answered.filter(({ label, prediction }) => label === prediction).length / answered.length;
      return share >= accuracy ? `a share of ${share.toFixed(4)} of the last labels was foreseen` : undefined;
    },
  };
}

/**
 * Ends a run once the performance that the model expects of itself is higher than ever and hardly rises. It expects
 * Lewis' (1995) F of its predictions for the stop set: over all classes, the mean of their largest probabilities, eₜ.
 * Over the last `window` (10) rounds its mean is mₜ; the run ends where eₜ > max(e₁…eₜ₋₁) and, for each label bought in
 * between, 0 < mₜ − mₜ₋₁ < `gradient` (0.00005, the paper's, whose rounds buy one label).
 */
export function performanceConvergence({ gradient = 5e-5, window = 10 } = {}): StoppingRule {
  return {
    name: "performanceConvergence",
    reference: "Laws and Schütze (2008), Stopping criteria for active learning of named entity recognition, COLING: " +
      "performance convergence",
    options: { gradient, window },
    needs: ["stability"],
    check(rounds) {
      const expected = rounds.map(({ stability }) => stability?.meanConfidence ?? null);
      const rise = riseAtPeak(rounds, expected, { window, average: mean });
      return rise !== undefined && rise > 0 && rise < gradient
        ? `expected accuracy, ${expected.at(-1)!.toFixed(4)}, still rose by ${rise.toExponential(1)} a label`
        : undefined;
    },
  };
}

/**
 * {@linkcode performanceConvergence} of another figure: of the model's confidence in the least certain of the items that
 * it asked about in a round, whose average over `window` rounds is the median. It goes by items that uncertainty
 * sampling asked for.
 */
export function uncertaintyConvergence({ gradient = 5e-5, window = 10 } = {}): StoppingRule {
  return {
    name: "uncertaintyConvergence",
    reference: "Laws and Schütze (2008), COLING: uncertainty convergence",
    options: { gradient, window },
    needs: [],
    check(rounds) {
      const before = rounds.slice(0, -1);
      const least = before.map(({ asked }) => Math.min(...asked.map(({ confidence }) => confidence ?? NaN)));
      const rise = riseAtPeak(before, least, { window, average: median });
      return rise !== undefined && rise > 0 && rise < gradient
        ? `confidence in what was asked, ${least.at(-1)!.toFixed(4)}, still rose by ${rise.toExponential(1)} a label`
        : undefined;
    },
  };
}

/** Every stopping rule with its defaults, by name; {@linkcode targetAccuracy} asks for its target. */
export const stoppingRules = {
  targetAccuracy,
  plateau,
  stabilisedPredictions,
  deltaF,
  classificationChange,
  overallUncertainty,
  maxConfidence,
  confidenceDrop,
  selectedAccuracy,
  performanceConvergence,
  uncertaintyConvergence,
} as const;

interface Reading {
  readonly window: number;
  readonly read: (stability: Stability) => number | null;
}

/** The last `window` values, if there are so many. */
function lastOf(rounds: readonly RoundProgress[], { window, read }: Reading): number[] | undefined {
  const values = rounds.slice(-window).map(({ stability }) => stability ? read(stability) : null);
  return values.length === window && values.every((value) => value !== null) ? values : undefined;
}

interface RiseOptions {
  readonly window: number;
  readonly average: (values: readonly number[]) => number;
}

/**
 * By how much the average of the last `window` values rose, for each label bought meanwhile; undefined where the last
 * value is no new maximum, or there are too few.
 */
function riseAtPeak(
  rounds: readonly RoundProgress[],
  values: readonly (number | null)[],
  { window, average }: RiseOptions,
): number | undefined {
  const known = values.filter((value) => value !== null && !Number.isNaN(value)) as number[];
  if (known.length < values.length || known.length <= window) return undefined;
  if (!(known.at(-1)! > Math.max(...known.slice(0, -1)))) return undefined;
  const bought = rounds.at(-1)!.labels - rounds.at(-2)!.labels;
  return (average(known.slice(-window)) - average(known.slice(-window - 1, -1))) / bought;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}
