import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { amongUsable, finiteRows, rowsAt } from "./among_usable.ts";
import { type Clustering, kMeans } from "./k_means.ts";
import { lotsFor, type TieOptions } from "./lots.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/** How {@linkcode nearestToCentres} chooses. */
export interface CentralRowsOptions extends TieOptions {
  /** Rows to pick, and clusters; in 0…rows. */
  readonly k: number;
  readonly random: Random;
  /** Of each row, ≥ 0: what it counts for when centres are means. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Clusters the rows by k-means into `k` clusters and picks from each the row nearest to its centre; clusters with more
 * rows come first. Where there are fewer distinct rows than clusters, the rest is filled with the rows nearest to their
 * centres. Scores: minus the distance to the centre. Rows that are not finite come last.
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows
 */
export async function nearestToCentres(points: Matrix, options: CentralRowsOptions): Promise<Picks> {
  const { k, random, ids, weights } = options;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  const lots = lotsFor(points.rows, { random: random.child("ties"), ids });
  const finite = finiteRows(points);
  const usable = (row: number) => finite(row) && (weights === undefined || weights[row] >= 0);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const clustering = await kMeans(rowsAt(points, rows), {
      clusters: wanted,
      random: random.child("clusters"),
      weights: weights && Float64Array.from(rows, (row) => weights[row]),
    });
    const picks = centralRows(clustering, Float64Array.from(rows, (row) => lots[row]));
    return { rows: picks, scores: picks.map((row) => -Math.sqrt(clustering.distances[row])) };
  });
}

/** The row nearest to each centre, larger clusters first; one for each cluster. */
function centralRows({ centres, assignments, distances }: Clustering, lots: Float64Array): number[] {
  const sizes = new Int32Array(centres.rows);
  const central = new Int32Array(centres.rows).fill(-1);
  const nearer = (a: number, b: number) => distances[a] - distances[b] || lots[a] - lots[b];
  assignments.forEach((cluster, row) => {
    sizes[cluster]++;
    if (central[cluster] < 0 || nearer(row, central[cluster]) < 0) central[cluster] = row;
  });
  const clusters = Array.from(sizes, (_, cluster) => cluster).filter((cluster) => sizes[cluster] > 0);
  clusters.sort((a, b) => sizes[b] - sizes[a] || lots[central[a]] - lots[central[b]]);
  const picks = clusters.map((cluster) => central[cluster]);
  if (picks.length < centres.rows) {
    const taken = new Set(picks);
    const rest = Array.from(assignments, (_, row) => row).filter((row) => !taken.has(row)).sort(nearer);
    picks.push(...rest.slice(0, centres.rows - picks.length));
  }
  return picks;
}

/**
 * Clusters the embeddings of the pool by k-means, a cluster for each label asked for, and asks for the candidate
 * nearest to each centre; larger clusters first. Nothing labelled is looked at.
 *
 * After Xu et al. (2003), Representative sampling for text classification using support vector machines, ECIR, without
 * their pre-selection; KMeansSampling in DISTIL and DeepAL. Scores: minus the distance to the centre. Cost as
 * {@linkcode kMeans}: O(n · k · d) an iteration.
 */
export function kMeansSampling(): QueryStrategy {
  return queryStrategy({
    name: "kMeans",
    family: "diversity",
    needs: ["embeddings"],
    reference: "Xu et al. (2003), Representative sampling for text classification using support vector machines, ECIR",
    pick: async (view, k, random) => nearestToCentres(await view.embeddings(), { k, random, ids: view.candidates }),
  });
}
