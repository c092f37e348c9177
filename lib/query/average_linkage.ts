import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { type Dissimilarity, integersBetween } from "./dissimilarity.ts";
import { meanRow } from "./mean_row.ts";
import { nearestNeighbours } from "./nearest_neighbours.ts";
import { innerProduct, squaredNorm } from "./squared_euclidean.ts";
import { multiplyRows } from "./multiply_rows.ts";
import { stackedRows } from "./stacked_rows.ts";

/** Where {@linkcode averageLinkage} stops. */
export interface AverageLinkageOptions {
  /** Clusters to leave, in 1…rows. */
  readonly clusters: number;
}

/**
 * Hierarchical agglomerative clustering with average linkage on squared Euclidean distances, cut where `clusters` are
 * left: again and again the two clusters are merged whose members are closest on average, D(A, B) = mean ‖x − y‖² over
 * x ∈ A, y ∈ B. It is SciPy's `linkage(pdist(X, "sqeuclidean"), "average")`, and on unit vectors average linkage on
 * cosine distance.
 *
 * That mean needs no pairs: with q the mean squared norm and μ the mean of a cluster, D(A, B) = q_A + q_B − 2⟨μ_A,
 * μ_B⟩. So nothing of size n × n is kept. Clusters that are each other's nearest are merged, all such pairs in one
 * round, which gives the same tree as merging the closest pair first (average linkage is reducible; Murtagh, 1983).
 * Each cluster keeps a short list of its nearest and a bound below which nobody else can be: a merged cluster's bound
 * is at least the weighted mean of its parts', so most rounds need no search at all. O(n² · d) time as matrix products,
 * O(n · d) memory.
 *
 * @param points `[items, features]`, finite
 * @returns of each row its cluster, numbered 0…`clusters` − 1 by their first rows
 * @throws {RangeError} if `clusters` is not an integer in 1…rows
 *
 * @example
 * ```ts
 * import { averageLinkage, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...await averageLinkage(matrix([[0], [9], [1], [8]]), { clusters: 2 })], [0, 1, 0, 1]);
 * ```
 */
export async function averageLinkage(points: Matrix, { clusters }: AverageLinkageOptions): Promise<Int32Array> {
  const { rows: count } = points;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > count) {
    throw new RangeError(
      `Cannot cluster: the number of clusters must be an integer in 1…${count}: current value is ${clusters}`,
    );
  }
  const state = new Forest(points);
  const merges: Merge[] = [];
  const target = count - clusters;
  let pending = integersBetween(0, count);
  while (merges.length < target || pending.length > 0) {
    // Merges above this height would not be among the first `target`.
    const ceiling = merges.length < target
      ? Infinity
      : Float64Array.from(merges, ({ height }) => height).sort()[target - 1] ?? -Infinity;
    await state.findNearest(pending);
    const round = state.mutualPairs(ceiling);
    if (round.length === 0) break;
    merges.push(...round);
    pending = state.merge(round);
  }
  merges.sort((a, b) => a.height - b.height);
  return labelsAfter(merges.slice(0, target), count);
}

interface Merge {
  /** The cluster that goes on under its own number, that of its first row. */
  readonly kept: number;
  readonly gone: number;
  readonly height: number;
}

/** The clusters as they stand, each under the number of one of its rows. */
class Forest {
  readonly #means: Matrix;
  readonly #sizes: Float64Array;
  readonly #distances: Dissimilarity;
  readonly #alive: Uint8Array;
  /** Where a cluster that is gone went. */
  readonly #into: Int32Array;
  /** Of each cluster, who may be nearest. */
  readonly #lists: Int32Array[];
  /** Nobody who is not on the list is nearer than this. */
  readonly #bounds: Float64Array;
  readonly #nearest: Int32Array;
  readonly #heights: Float64Array;

  constructor(points: Matrix) {
    const { rows, columns, data } = points;
    // About the mean, so that short distances are not differences of long vectors.
    const centre = meanRow(points).data;
    this.#means = { rows, columns, data: data.map((value, at) => value - centre[at % columns]) };
    this.#sizes = new Float64Array(rows).fill(1);
    this.#alive = new Uint8Array(rows).fill(1);
    this.#into = integersBetween(0, rows);
    this.#lists = Array.from({ length: rows }, () => new Int32Array(0));
    this.#bounds = new Float64Array(rows).fill(-Infinity);
    this.#nearest = new Int32Array(rows).fill(-1);
    this.#heights = new Float64Array(rows).fill(Infinity);
    const base = Float64Array.from({ length: rows }, (_, row) => squaredNorm(rowOf(this.#means, row)));
    const means = stackedRows(this.#means);
    this.#distances = {
      count: rows,
      base,
      factor: 2,
      norm: base.map(Math.sqrt),
      terms: columns,
      value: (i, j) => Math.max(0, base[i] + base[j] - 2 * innerProduct(means.row(i), means.row(j))),
      products: (lefts, rights) => multiplyRows(means.gather(lefts), means.gather(rights)),
    };
  }

  /** Finds the nearest cluster of each of `clusters`: on its list if the bound allows, otherwise among all. */
  async findNearest(clusters: Int32Array): Promise<void> {
    const lost: number[] = [];
    for (const cluster of clusters) {
      const close = [...new Set(Array.from(this.#lists[cluster], (other) => this.#find(other)))]
        .filter((other) => other !== cluster)
        .map((other) => ({ other, value: this.#distances.value(cluster, other) }))
        .sort((a, b) => a.value - b.value || a.other - b.other);
      if (close.length > LISTED) this.#bounds[cluster] = Math.min(this.#bounds[cluster], close[LISTED].value);
      this.#lists[cluster] = Int32Array.from(close.slice(0, LISTED), ({ other }) => other);
      if (close.length > 0 && close[0].value <= this.#bounds[cluster]) {
        this.#nearest[cluster] = close[0].other;
        this.#heights[cluster] = close[0].value;
      } else lost.push(cluster);
    }
    const others = integersBetween(0, this.#alive.length).filter((cluster) => this.#alive[cluster] === 1);
    const count = Math.min(LISTED, others.length - 1);
    if (lost.length === 0 || count === 0) return;
    const items = Int32Array.from(lost).sort();
    const found = await nearestNeighbours(this.#distances, { items, others, count });
    items.forEach((cluster, place) => {
      this.#lists[cluster] = found.items.slice(place * count, (place + 1) * count);
      this.#bounds[cluster] = count < LISTED ? Infinity : found.values[(place + 1) * count - 1];
      this.#nearest[cluster] = this.#lists[cluster][0];
      this.#heights[cluster] = found.values[place * count];
    });
  }

  /** Pairs that are each other's nearest, below `ceiling`; where ties leave none, the closest pair there is. */
  mutualPairs(ceiling: number): Merge[] {
    const pairs: Merge[] = [];
    let closest: Merge | undefined;
    this.#alive.forEach((alive, cluster) => {
      const other = this.#nearest[cluster];
      const height = this.#heights[cluster];
      if (!alive || other < 0 || !(height < ceiling)) return;
      const merge = { kept: Math.min(cluster, other), gone: Math.max(cluster, other), height };
      if (cluster < other && this.#nearest[other] === cluster) pairs.push(merge);
      if (closest === undefined || height < closest.height) closest = merge;
    });
    return pairs.length > 0 || closest === undefined ? pairs : [closest];
  }

  /** Merges disjoint pairs. Returns the clusters whose nearest has to be found again. */
  merge(pairs: readonly Merge[]): Int32Array {
    const { base, norm } = this.#distances;
    for (const { kept, gone } of pairs) {
      const total = this.#sizes[kept] + this.#sizes[gone];
      const share = this.#sizes[gone] / total;
      const mean = rowOf(this.#means, kept);
      const other = rowOf(this.#means, gone);
      for (let feature = 0; feature < mean.length; feature++) mean[feature] += share * (other[feature] - mean[feature]);
      base[kept] += share * (base[gone] - base[kept]);
      norm[kept] = Math.sqrt(squaredNorm(mean));
      this.#bounds[kept] += share * (this.#bounds[gone] - this.#bounds[kept]);
      this.#lists[kept] = Int32Array.of(...this.#lists[kept], ...this.#lists[gone]);
      this.#lists[gone] = new Int32Array(0);
      this.#sizes[kept] = total;
      this.#alive[gone] = 0;
      this.#into[gone] = kept;
    }
    const touched = new Set(pairs.flatMap(({ kept, gone }) => [kept, gone]));
    return integersBetween(0, this.#alive.length).filter((cluster) =>
      this.#alive[cluster] === 1 && (touched.has(cluster) || touched.has(this.#nearest[cluster]))
    );
  }

  #find(cluster: number): number {
    let place = cluster;
    while (this.#alive[place] === 0) place = this.#into[place];
    return place;
  }
}

/** Neighbours that a cluster keeps in mind. */
const LISTED = 8;

/** Clusters of `count` rows after `merges`, numbered by their first rows. */
function labelsAfter(merges: readonly Merge[], count: number): Int32Array {
  const root = integersBetween(0, count);
  const find = (row: number) => {
    let place = row;
    while (root[place] !== place) place = root[place] = root[root[place]];
    return place;
  };
  for (const { kept, gone } of merges) root[find(gone)] = find(kept);
  const numbers = new Map<number, number>();
  return root.map((_, row) => {
    const place = find(row);
    if (!numbers.has(place)) numbers.set(place, numbers.size);
    return numbers.get(place)!;
  });
}
