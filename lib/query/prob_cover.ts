import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { amongUsable, finiteRows, rowsAt, rowsThat } from "./among_usable.ts";
import { type Dissimilarity, integersBetween, lowerToNearest, productBlocks, productError } from "./dissimilarity.ts";
import { kMeans } from "./k_means.ts";
import { lotsFor } from "./lots.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { squaredEuclidean } from "./squared_euclidean.ts";

/** How {@linkcode probCover} picks. */
export interface ProbCoverOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  readonly random: Random;
  /** Radius of the balls, > 0: see {@linkcode pureRadius}. */
  readonly radius: number;
  /** What covers already. Default: nothing. */
  readonly labelled?: Matrix;
  /** Stable ids of the rows, which draw lots between equals; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/**
 * ProbCover: greedy maximum coverage by balls. A row covers all rows nearer than `radius`; each pick covers the most
 * rows that are not covered by what is labelled or picked. Once everything is covered, the rest is drawn by lot.
 *
 * Yehuda, Dekel, Hacohen and Weinshall (2022), Active learning through a covering lens, NeurIPS, algorithm 1. Their
 * code drops the last n mod 500 rows and falls back to row 0, labelled or not; scikit-activeml counts a distance equal
 * to the radius as covered.
 *
 * The graph of who covers whom is never stored, only everybody's number of uncovered neighbours: a row that becomes
 * covered is subtracted from its neighbours' counts, and becomes covered once. So two passes over all pairs are enough
 * however many are picked: O(n² · d) time, O(n) memory. Scores: rows newly covered. Rows that are not finite come last.
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows, or `radius` is not above 0
 */
export async function probCover(points: Matrix, options: ProbCoverOptions): Promise<Picks> {
  const { k, random, radius, labelled, ids } = options;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  if (!(radius > 0)) throw new RangeError(`Cannot cover: the radius must be above 0: current value is ${radius}`);
  const lots = lotsFor(points.rows, { random, ids });
  const usable = finiteRows(points);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const candidates = rowsAt(points, rows);
    const known = labelled ? [rowsThat(finiteRows, labelled)] : [];
    const distances = squaredEuclidean(candidates, ...known);
    const everyone = integersBetween(0, candidates.rows);
    const covered = new Uint8Array(candidates.rows);
    const degrees = new Int32Array(candidates.rows);
    const limit = radius * radius;
    const references = integersBetween(candidates.rows, distances.count);
    await forEachNearer(distances, { items: everyone, others: references, limit }, (row) => covered[row] = 1);
    const uncovered = everyone.filter((row) => covered[row] === 0);
    await forEachNearer(distances, { items: uncovered, others: everyone, limit }, (_, other) => degrees[other]++);
    const left = new Set(everyone);
    const picks: number[] = [];
    const scores: number[] = [];
    while (picks.length < wanted) {
      let best = -1;
      for (const row of left) {
        const difference = best < 0 ? 1 : degrees[row] - degrees[best] || lots[rows[best]] - lots[rows[row]];
        if (difference > 0) best = row;
      }
      picks.push(best);
      scores.push(degrees[best]);
      left.delete(best);
      if (degrees[best] === 0) continue;
      const fresh: number[] = [];
      await forEachNearer(distances, { items: everyone, others: Int32Array.of(best), limit }, (row) => {
        if (covered[row] === 0) fresh.push(row);
        covered[row] = 1;
      });
      const others = everyone;
      await forEachNearer(distances, { items: Int32Array.from(fresh), others, limit }, (_, other) => degrees[other]--);
    }
    return { rows: picks, scores };
  });
}

interface NearerOptions {
  readonly items: Int32Array;
  readonly others: Int32Array;
  /** In the units of the dissimilarity. */
  readonly limit: number;
}

/** Visits every pair whose value is below `limit`; an item is near itself. */
async function forEachNearer(
  dissimilarity: Dissimilarity,
  { items, others, limit }: NearerOptions,
  visit: (item: number, other: number) => void,
): Promise<void> {
  const { base, factor, norm } = dissimilarity;
  const error = productError(dissimilarity) * factor;
  for await (const block of productBlocks(dissimilarity, { items, others })) {
    const { lefts, rights, bases, largestNorm, products } = block;
    for (let place = 0, at = 0; place < lefts.length; place++) {
      const item = lefts[place];
      const slack = error * norm[item] * largestNorm;
      const threshold = limit - base[item];
      for (let column = 0; column < rights.length; column++, at++) {
        const bound = bases[column] - factor * products[at] - threshold;
        if (bound > slack) continue;
        if (bound < -slack || dissimilarity.value(item, rights[column]) < limit) visit(item, rights[column]);
      }
    }
  }
}

/** How {@linkcode pureRadius} decides. */
export interface PureRadiusOptions {
  /** Clusters that stand in for the classes, ≥ 1. */
  readonly classes: number;
  readonly random: Random;
  /** Share of the balls that must be pure, in (0, 1]. Default 0.95, as in the paper. */
  readonly purity?: number;
}

/**
 * The largest radius with which at least `purity` of the balls around the rows hold one pseudo-class only, the
 * pseudo-classes being k-means clusters: a quantile of the distances to the nearest row of another cluster. Where the
 * clusters are one, the largest distance to the mean row, doubled.
 *
 * Yehuda et al. (2022), section 3.2, who search a grid. O(n² · d) time, O(n) memory.
 *
 * @param points `[items, features]`, finite, at least one row
 * @returns a radius above 0
 * @throws {RangeError} if `purity` is not in (0, 1]
 */
export async function pureRadius(
  points: Matrix,
  { classes, random, purity = 0.95 }: PureRadiusOptions,
): Promise<number> {
  if (!(purity > 0 && purity <= 1)) {
    throw new RangeError(`Cannot choose a radius: the purity must be in (0, 1]: current value is ${purity}`);
  }
  const clusters = Math.min(classes, points.rows);
  const { assignments, distances } = await kMeans(points, { clusters, random });
  const squared = squaredEuclidean(points);
  const everyone = integersBetween(0, points.rows);
  const nearest = new Float64Array(points.rows).fill(Infinity);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const items = everyone.filter((row) => assignments[row] === cluster);
    const others = everyone.filter((row) => assignments[row] !== cluster);
    await lowerToNearest(nearest, squared, { items, others });
  }
  const ascending = nearest.toSorted();
  const radius = Math.sqrt(ascending[Math.floor((1 - purity) * points.rows)]);
  if (radius > 0 && radius < Infinity) return radius;
  const farthest = Math.sqrt(distances.reduce((largest, distance) => Math.max(largest, distance), 0));
  // Everything coincides: any radius covers all of it.
  return 2 * farthest || 1;
}

/** How {@linkcode probCoverSampling} covers. */
export interface ProbCoverStrategyOptions {
  /** Radius of the balls. Default: {@linkcode pureRadius} of the candidates, with a cluster for each class. */
  readonly radius?: number;
  /** For the default radius. Default 0.95. */
  readonly purity?: number;
}

/**
 * Asks for candidates that cover the pool: {@linkcode probCover} on the embeddings. With nothing labelled, a cold
 * start.
 */
export function probCoverSampling({ radius, purity = 0.95 }: ProbCoverStrategyOptions = {}): QueryStrategy {
  return queryStrategy({
    name: "probCover",
    family: "diversity",
    needs: ["embeddings", "labelledEmbeddings"],
    reference: "Yehuda et al. (2022), Active learning through a covering lens, NeurIPS, algorithm 1",
    options: radius === undefined ? { purity } : { radius },
    pick: async (view, k, random) => {
      const embeddings = await view.embeddings();
      const finite = rowsThat(finiteRows, embeddings);
      const chosen = radius ??
        (finite.rows === 0
          ? 1
          : await pureRadius(finite, { classes: view.classCount, random: random.child("radius"), purity }));
      return await probCover(embeddings, {
        k,
        random: random.child("ties"),
        radius: chosen,
        labelled: await view.labelledEmbeddings(),
        ids: view.candidates,
      });
    },
  });
}
