import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { finiteRows, rowsAt, rowsWithMass } from "./among_usable.ts";
import { integersBetween } from "./dissimilarity.ts";
import { nearestNeighbours } from "./nearest_neighbours.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { scoredStrategy } from "./scored_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

/** What {@linkcode contrastive} compares, and how. */
export interface ContrastiveOptions {
  /** Labelled neighbours of each candidate; ≥ 1, and no more than are labelled. Default 10, as in the paper. */
  readonly neighbours?: number;
  /** Probabilities below it count as it, in (0, 1). Default 1e-7, as in scikit-activeml. */
  readonly floor?: number;
}

/** Items as the model sees them. */
export interface Beliefs {
  /** `[items, features]` */
  readonly embeddings: Matrix;
  /** `[items, classes]` */
  readonly probabilities: Matrix;
}

/** {@linkcode ContrastiveOptions}, and what is labelled. */
export interface ContrastiveInputs extends ContrastiveOptions {
  readonly labelled: Beliefs;
}

/**
 * How far the prediction for each candidate is from those for the labelled items that look most like it: the mean of
 * KL(p_neighbour ‖ p), in nats, over the nearest neighbours in embedding space (Euclidean). Range [0, −ln floor];
 * larger is more wanted.
 *
 * Margatina, Vernikos, Barrault and Aletras (2021), Active learning by acquiring contrastive examples, EMNLP, algorithm
 * 1. As in scikit-activeml, rows are raised to the floor and divided by their sums; small-text looks for neighbours in
 * the whole pool and averages over classes too. With nothing labelled every score is 0; a row that is not finite, or no
 * distribution, is NaN. O(n · labelled · d) time, O(n · neighbours) memory.
 *
 * @returns `[items]`
 * @throws {RangeError} if `neighbours` or `floor` is out of range
 */
export async function contrastive(
  { embeddings, probabilities }: Beliefs,
  { labelled, neighbours = 10, floor = 1e-7 }: ContrastiveInputs,
): Promise<Float64Array> {
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new RangeError(`Cannot contrast: the neighbours must be an integer ≥ 1: current value is ${neighbours}`);
  }
  if (!(floor > 0 && floor < 1)) {
    throw new RangeError(`Cannot contrast: the floor must be in (0, 1): current value is ${floor}`);
  }
  const rows = usableRows({ embeddings, probabilities });
  const knownRows = usableRows(labelled);
  if (knownRows.length === 0) return new Float64Array(embeddings.rows);
  const candidates = rowsAt(embeddings, rows);
  const distances = squaredEuclidean(candidates, rowsAt(labelled.embeddings, knownRows));
  const count = Math.min(neighbours, knownRows.length);
  const { items } = await nearestNeighbours(distances, {
    items: integersBetween(0, candidates.rows),
    others: integersBetween(candidates.rows, distances.count),
    count,
  });
  const known = Array.from(knownRows, (row) => floored(rowOf(labelled.probabilities, row), floor));
  const scores = new Float64Array(embeddings.rows).fill(NaN);
  rows.forEach((row, place) => {
    const q = floored(rowOf(probabilities, row), floor);
    let total = 0;
    for (const item of items.subarray(place * count, (place + 1) * count)) {
      const p = known[item - candidates.rows];
      for (let column = 0; column < p.length; column++) total += p[column] * Math.log(p[column] / q[column]);
    }
    scores[row] = total / count;
  });
  return scores;
}

function usableRows({ embeddings, probabilities }: Beliefs): Int32Array {
  return integersBetween(0, embeddings.rows).filter(finiteRows(embeddings)).filter(rowsWithMass(probabilities));
}

function floored(probabilities: Float32Array, floor: number): Float64Array {
  const raised = Float64Array.from(probabilities, (probability) => Math.max(probability, floor));
  const total = raised.reduce((sum, probability) => sum + probability, 0);
  return raised.map((probability) => probability / total);
}

/** Asks where a prediction differs most from those for its labelled neighbours: {@linkcode contrastive}. */
export function contrastiveSampling({ neighbours = 10, floor = 1e-7 }: ContrastiveOptions = {}): QueryStrategy {
  return scoredStrategy({
    name: "contrastive",
    family: "hybrid",
    needs: ["probabilities", "embeddings", "labelledProbabilities", "labelledEmbeddings"],
    reference: "Margatina et al. (2021), Active learning by acquiring contrastive examples, EMNLP, algorithm 1",
    options: { neighbours, floor },
    score: async (view) =>
      contrastive({ embeddings: await view.embeddings(), probabilities: await view.probabilities() }, {
        labelled: {
          embeddings: await view.labelledEmbeddings(),
          probabilities: await view.labelledProbabilities(),
        },
        neighbours,
        floor,
      }),
  });
}
