import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { PoolView } from "./pool_view.ts";
import type { Refitter } from "./probe_refitter.ts";
import { restrict } from "./restrict.ts";
import { type QueryStrategy, queryStrategy, type StrategyDefinition } from "./query_strategy.ts";
import { topK } from "./top_k.ts";

/** What is expected, and of which items. */
export interface ExpectationOptions {
  /** What the model believes now, `[candidates, classes]`. */
  readonly probabilities: Matrix;
  /** Rows to measure; default: all. */
  readonly rows?: ArrayLike<number>;
}

/**
 * Of each row x, Σ_y p(y|x) · `measure`(x, y): what is to be expected of asking about x before the answer is known.
 * Answers of probability 0 are not measured; a row with NaN gives NaN.
 */
export async function expectedOverAnswers(
  { probabilities, rows = Int32Array.from({ length: probabilities.rows }, (_, row) => row) }: ExpectationOptions,
  measure: (row: number, label: number) => Promise<number>,
): Promise<Float64Array> {
  const result = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    for (const [label, probability] of rowOf(probabilities, rows[place]).entries()) {
      if (probability !== 0) result[place] += probability * await measure(rows[place], label);
    }
  }
  return result;
}

/** How much trouble a strategy that trains anew for every question may take. */
export interface EffortOptions {
  /** Candidates to ask about, a seeded random subset of those judged (default 50): each costs C trainings. */
  readonly questions?: number;
  /** Candidates to judge the trained models by, a seeded random subset of the pool (default 1,000). */
  readonly judged?: number;
}

/** What {@linkcode effortfulStrategy} makes a strategy of. */
export interface EffortfulDefinition extends Omit<StrategyDefinition, "pick" | "needs"> {
  readonly effort: EffortOptions;
  /** The utility of each of `rows`. */
  score(refitter: Refitter, options: Required<ExpectationOptions>): Promise<Float64Array>;
}

/** A strategy that asks for the largest utilities among a few candidates; the others follow by lot, with score NaN. */
export function effortfulStrategy({ effort, score, options, ...facts }: EffortfulDefinition): QueryStrategy {
  const { questions = 50, judged = 1000 } = effort;
  return queryStrategy({
    ...facts,
    needs: ["probabilities", "refit"],
    options: { questions, judged, ...options },
    async pick(view, k, random) {
      const sample = restrict(view, { size: Math.max(questions, judged), random: random.child("judged") });
      const asked = restrict(sample, { size: questions, random: random.child("questions") });
      const utilities = await score(await sample.refit(), {
        probabilities: await sample.probabilities(),
        rows: placesOf(asked, sample),
      });
      const scores = new Float64Array(view.candidates.length).fill(NaN);
      placesOf(asked, view).forEach((row, place) => scores[row] = utilities[place]);
      const rows = topK(scores, k, { random: random.child("ties"), ids: view.candidates });
      return { rows, scores: Float64Array.from(rows, (row) => scores[row]) };
    },
  });
}

/** Where the candidates of `part` stand in `whole`; both ascend. */
function placesOf(part: PoolView, whole: PoolView): Int32Array {
  let place = 0;
  return part.candidates.map((id) => {
    while (whole.candidates[place] !== id) place++;
    return place;
  });
}
