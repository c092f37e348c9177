/** How good a model is on held-out examples; {@linkcode heldOutScores} defines the figures. */
export interface HeldOutScores {
  readonly count: number;
  readonly accuracy: number;
  /** Mean negative log-likelihood of the true class, in nats. */
  readonly loss: number;
  /** Brier (1950): mean over examples of Σ over classes of (probability − truth)², in 0…2. */
  readonly brier: number;
  /** Expected calibration error over 15 bins of equal width (Guo et al., 2017, eq. 3). */
  readonly calibrationError: number;
  /** The same over 15 bins of equally many examples (Nguyen and O'Connor, 2015). */
  readonly adaptiveCalibrationError: number;
  /** `confusion[i][j]`: examples of class i that were taken for class j. */
  readonly confusion: readonly (readonly number[])[];
}

/** An item whose label was asked for, why, and what came back. */
export interface Question {
  /** Stable index in the pool. */
  readonly index: number;
  /**
   * The strategy's utility at the moment of picking, larger is more wanted; null where it is not a number. Where a label
   * was doubted, the doubt, in 0…1.
   */
  readonly score: number | null;
  /** The class that the model expected; null in the initial set, and where the model cannot say. */
  readonly prediction: number | null;
  /** The model's probability of that class. */
  readonly confidence: number | null;
  /** The label bought, which may differ from the truth; null where the oracle abstained. */
  readonly label: number | null;
}

/** How this round's predictions compare with those of the round before, on the same unlabelled items. */
export interface Stability {
  /** Items compared: those of the stop set that are not labelled yet. */
  readonly count: number;
  /** Cohen's kappa between the predictions of two successive models; null in the first round. */
  readonly kappa: number | null;
  /** Share of items whose predicted class changed; null in the first round. */
  readonly changed: number | null;
  /** 1 − F between the predictions of two successive models, the mean over classes; null in the first round. */
  readonly deltaF: number | null;
  /** Mean of the largest probabilities, in 0…1: the accuracy that the model expects of itself. */
  readonly meanConfidence: number;
  /** Mean entropy of the predictions over ln(classes), in 0…1. */
  readonly meanEntropy: number;
  /** Entropy of the least certain prediction over ln(classes), in 0…1. */
  readonly maxEntropy: number;
}

/** Seconds that a round took, by phase; together they are the round. */
export interface PhaseSeconds {
  /** Fitting the model. */
  readonly train: number;
  /** Predicting for the validation, test and stop sets. */
  readonly evaluate: number;
  /** Predicting for the pool: the probabilities, embeddings, votes and passes that the strategy read. */
  readonly score: number;
  /** The strategy itself. */
  readonly select: number;
  /** Waiting for the oracle. */
  readonly label: number;
}

/** How a round's model was trained. */
export interface RoundTraining {
  /** What it began from: new weights, those of the round before, or those shrunk and perturbed. */
  readonly from: TrainingStart;
  /** Gradient steps, or iterations of a solver; null where the model does not say. */
  readonly steps: number | null;
}

/** What each round's training begins from. */
export type TrainingStart = "scratch" | "warm" | "shrinkAndPerturb";

/** One point of a learning curve, and how it came about: plain JSON. */
export interface Round {
  /** From 0, whose model learnt from the initial set. */
  readonly round: number;
  readonly strategy: string;
  /** Labels that this round's model learnt from. */
  readonly labels: number;
  /** Answers about items that had a label already; left out where there are none. */
  readonly repeats?: number;
  /** Labels spent on the validation set. */
  readonly validationLabels: number;
  /** All answers that were paid for: `labels`, `repeats` and `validationLabels`. */
  readonly budget: number;
  /** Questions so far on which the oracle abstained. */
  readonly abstained: number;
  /** Of the labels that this round's model learnt from, how many each class has. */
  readonly classCounts: readonly number[];
  readonly training: RoundTraining;
  /** What selection and stopping may go by. */
  readonly validation?: HeldOutScores;
  /** For the report alone: measured last, after the questions are settled. */
  readonly test?: HeldOutScores;
  /** Where a stopping rule goes by it. */
  readonly stability?: Stability;
  /** In round 0: what was asked before there was a model; in a branch, items that were asked again stand here again. */
  readonly initial?: readonly Question[];
  /** What this round's model asked next, in the order picked; none in the last round. */
  readonly asked: readonly Question[];
  /** Labelled items that were asked about once more; left out where there are none. */
  readonly askedAgain?: readonly Question[];
  /** What a person should know. */
  readonly warnings: readonly string[];
  /** Of the last round: which rule ended the run, and on what grounds. */
  readonly stopped?: { readonly rule: string; readonly reason: string };
  readonly seconds: PhaseSeconds;
}

/** A round without its seconds: what two runs of one configuration share to the last bit. */
export function numbersOf({ seconds: _, ...numbers }: Round): Omit<Round, "seconds"> {
  return numbers;
}
