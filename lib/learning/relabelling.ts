import { topK } from "../query/top_k.ts";
import { likeliestClasses } from "../query/votes.ts";
import { gatherRows, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { EstimatorRecipe } from "./estimator.ts";
import { type Instances, instancesAt } from "./instances.ts";
import { type LabelQuality, selfConfidence } from "./label_quality.ts";
import type { Answer } from "./oracle.ts";
import { outOfSampleProbabilities } from "./out_of_sample.ts";
import type { Pool } from "./pool.ts";
import type { Question } from "./round.ts";

/**
 * Part of each batch goes to items that are labelled already, those first whose label a model doubts that has not seen
 * it. The label that most answers give is learnt from, and of labels that are level the newest, since the older was
 * doubted. Every answer is paid for.
 *
 * Sheng, Provost and Ipeirotis (2008), Get another label?, KDD; labels are doubted as in confident learning (Northcutt,
 * Jiang and Chuang, 2021, JAIR).
 */
export interface Relabelling {
  /** Of each batch, in (0, 1]; what finds no doubtful label is asked of the unlabelled. */
  readonly share: number;
  /** By what labels are believed; default {@linkcode selfConfidence}. */
  readonly quality?: LabelQuality;
  /** Answers that an item can have, the first one included; at least 2, default 3. */
  readonly answers?: number;
  /** Of the cross-validation that doubts: so many models more are trained in each round. Default 5. */
  readonly folds?: number;
}

/** With everything that was left open settled. */
export function settledRelabelling(
  { share, quality = selfConfidence, answers = 3, folds = 5 }: Relabelling,
): Required<Relabelling> {
  const fits = share > 0 && share <= 1 && Number.isInteger(answers) && answers >= 2 && Number.isInteger(folds) &&
    folds >= 2;
  if (fits) return { share, quality, answers, folds };
  throw new RangeError(
    "Cannot relabel: the share must be in (0, 1], answers and folds integers ≥ 2: current values are " +
      `${share}, ${answers} and ${folds}`,
  );
}

/** What an item's answers come to. */
export interface Standing {
  /** The label in force; null where nobody has given one. */
  readonly label: Answer;
  /** Answers for it, less those for the next. */
  readonly lead: number;
}

/** The standing after these answers, in the order in which they came. */
export function standingOf(answers: readonly Answer[]): Standing {
  const counts = new Map<number, number>();
  let label: Answer = null;
  for (const answer of answers) {
    if (answer === null) continue;
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
    if (label === null || counts.get(answer)! >= counts.get(label)!) label = answer;
  }
  const [most = 0, next = 0] = [...counts.values()].sort((one, other) => other - one);
  return { label, lead: most - next };
}

/** What {@linkcode doubtfulQuestions} goes by. */
export interface Doubting {
  readonly pool: Pool;
  readonly instances: Instances;
  /** Of each item that was asked, so far. */
  readonly answers: ReadonlyMap<number, readonly Answer[]>;
  readonly estimator: EstimatorRecipe;
  readonly relabel: Relabelling;
  /** Questions wanted. */
  readonly count: number;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** The labelled items whose labels are doubted most, among those whose labels further answers could still change. */
export async function doubtfulQuestions(
  { pool, instances, answers, estimator, relabel, count, random, signal }: Doubting,
): Promise<Omit<Question, "label">[]> {
  const { quality, answers: limit, folds } = settledRelabelling(relabel);
  const { labelled, labels } = pool;
  const open = Int32Array.from(
    labelled.keys().filter((place) => {
      const given = answers.get(labelled[place])!;
      const left = limit - given.length;
      return left > 0 && left >= standingOf(given).lead;
    }),
  );
  if (count === 0 || open.length === 0 || labelled.length < 2) return [];
  const beliefs = await outOfSampleProbabilities(instancesAt(instances, labelled), labels, {
    estimator,
    folds: Math.min(folds, labelled.length),
    random,
    signal,
  });
  const probabilities = gatherRows(beliefs, open);
  const doubts = quality(probabilities, open.map((place) => labels[place])).map((belief) => 1 - belief);
  const ids = open.map((place) => labelled[place]);
  const predictions = likeliestClasses(probabilities);
  return Array.from(topK(doubts, count, { random: random.child("ties"), ids }), (row) => ({
    index: ids[row],
    score: doubts[row],
    prediction: predictions[row],
    confidence: rowOf(probabilities, row)[predictions[row]],
  }));
}
