import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { type Dissimilarity, integersBetween } from "./dissimilarity.ts";
import { meanRow } from "./mean_row.ts";
import { nearestNeighbours } from "./nearest_neighbours.ts";
import { type StackedRows, stackedRows } from "./stacked_rows.ts";

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
 * is at least the weighted mean of its parts'. Who cannot be sure of the nearest waits: a search among all is put off
 * until nothing else can be merged. O(n² · d) time as matrix products, O(n · d) memory.
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
  while (true) {
    // Merges above this height would not be among the first `target`.
    const ceiling = merges.length < target
      ? Infinity
      : Float64Array.from(merges, ({ height }) => height).sort()[target - 1] ?? -Infinity;
    let round = state.mutualPairs(ceiling);
    if (round.length === 0 && await state.findLost(ceiling)) round = state.mutualPairs(ceiling);
    if (round.length === 0) round = state.closestPair(ceiling);
    if (round.length === 0) break;
    merges.push(...round);
    state.merge(round);
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
  readonly #rows: StackedRows;
  readonly #sizes: Float64Array;
  readonly #distances: Dissimilarity;
  /** Those that are left. */
  #alive: Int32Array;
  /** Where a cluster that is gone went; itself for one that is left. */
  readonly #into: Int32Array;
  /** Of each cluster, who may be nearest, and how far they were when that was checked. */
  readonly #lists: Int32Array[];
  readonly #values: Float64Array[];
  /** The round in which it was, and the round in which a cluster was last merged. */
  readonly #checked: Int32Array;
  readonly #merged: Int32Array;
  #round = 0;
  /** For {@linkcode Forest.#refresh}: what the list at hand holds already. */
  readonly #isListed: Uint8Array;
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
    this.#alive = integersBetween(0, rows);
    this.#into = integersBetween(0, rows);
    this.#isListed = new Uint8Array(rows);
    this.#lists = Array.from({ length: rows }, () => new Int32Array(0));
    this.#values = Array.from({ length: rows }, () => new Float64Array(0));
    this.#checked = new Int32Array(rows).fill(-1);
    this.#merged = new Int32Array(rows).fill(-1);
    this.#bounds = new Float64Array(rows).fill(-Infinity);
    this.#nearest = new Int32Array(rows).fill(-1);
    this.#heights = new Float64Array(rows).fill(Infinity);
    const means = this.#rows = stackedRows(this.#means);
    const base = means.squaredNorms();
    this.#distances = {
      count: rows,
      base,
      factor: 2,
      norm: base.map(Math.sqrt),
      terms: columns,
      value: (i, j) => Math.max(0, base[i] + base[j] - 2 * means.innerProduct(i, j)),
      values: (lefts, rights) =>
        means.innerProducts(lefts, rights).map((product, pair) =>
          Math.max(0, base[lefts[pair]] + base[rights[pair]] - 2 * product)
        ),
      products: means.products,
    };
  }

  /** Finds the nearest cluster of each of `clusters` on its list, if the bound allows; otherwise it is lost. */
  #findListed(clusters: Int32Array): void {
    this.#round++;
    this.#refresh(clusters);
    for (const cluster of clusters) {
      const { length, [0]: height } = this.#values[cluster];
      const isFound = length > 0 && height <= this.#bounds[cluster];
      this.#nearest[cluster] = isFound ? this.#lists[cluster][0] : -1;
      this.#heights[cluster] = isFound ? height : Infinity;
    }
  }

  /**
   * Finds the nearest cluster of those that are lost and may be merged below `ceiling`, among all. Returns whether there
   * were any. Best put off until nothing else can be merged: then there are fewer to compare with, and at the end those
   * that are far from all others need not be searched for at all.
   */
  async findLost(ceiling: number): Promise<boolean> {
    const others = this.#alive;
    const count = Math.min(LISTED, others.length - 1);
    const items = others.filter((cluster) => this.#nearest[cluster] < 0 && this.#bounds[cluster] < ceiling);
    if (items.length === 0 || count === 0) return false;
    const isAll = 2 * items.length > others.length;
    const found = await nearestNeighbours(this.#distances, { items: isAll ? others : items, others, count });
    (isAll ? others : items).forEach((cluster, place) => {
      const [from, to] = [place * count, (place + 1) * count];
      this.#lists[cluster] = found.items.slice(from, to);
      this.#values[cluster] = found.values.slice(from, to);
      this.#bounds[cluster] = count < LISTED ? Infinity : found.values[to - 1];
      this.#nearest[cluster] = found.items[from];
      this.#heights[cluster] = found.values[from];
      this.#checked[cluster] = this.#round;
    });
    return true;
  }

  /** Brings the lists of `clusters` up to date, nearest first; values of pairs of which one has merged are made anew. */
  #refresh(clusters: Int32Array): void {
    const lefts: number[] = [];
    const rights: number[] = [];
    for (const cluster of clusters) {
      const [list, values] = [this.#lists[cluster], this.#values[cluster]];
      let kept = 0;
      this.#isListed[cluster] = 1;
      for (let place = 0; place < list.length; place++) {
        const other = this.#find(list[place]);
        if (this.#isListed[other] === 1) continue;
        this.#isListed[other] = 1;
        const isKnown = other === list[place] && this.#merged[other] < this.#checked[cluster];
        list[kept] = other;
        values[kept++] = isKnown ? values[place] : NaN;
        if (isKnown) continue;
        lefts.push(cluster);
        rights.push(other);
      }
      for (const other of list.subarray(0, kept)) this.#isListed[other] = 0;
      this.#isListed[cluster] = 0;
      this.#lists[cluster] = list.subarray(0, kept);
      this.#values[cluster] = values.subarray(0, kept);
    }
    const made = this.#distances.values!(Int32Array.from(lefts), Int32Array.from(rights));
    let next = 0;
    for (const cluster of clusters) {
      const [list, values] = [this.#lists[cluster], this.#values[cluster]];
      for (let place = 0; place < list.length; place++) {
        const other = list[place];
        const value = Number.isNaN(values[place]) ? made[next++] : values[place];
        let rank = place;
        for (; rank > 0 && (values[rank - 1] > value || values[rank - 1] === value && list[rank - 1] > other); rank--) {
          list[rank] = list[rank - 1];
          values[rank] = values[rank - 1];
        }
        list[rank] = other;
        values[rank] = value;
      }
      if (list.length > LISTED) this.#bounds[cluster] = Math.min(this.#bounds[cluster], values[LISTED]);
      this.#lists[cluster] = list.subarray(0, LISTED);
      this.#values[cluster] = values.subarray(0, LISTED);
      this.#checked[cluster] = this.#round;
    }
  }

  /** Pairs below `ceiling` that are each other's nearest. */
  mutualPairs(ceiling: number): Merge[] {
    const pairs: Merge[] = [];
    for (const kept of this.#alive) {
      const gone = this.#nearest[kept];
      const height = this.#heights[kept];
      if (kept < gone && height < ceiling && this.#nearest[gone] === kept) pairs.push({ kept, gone, height });
    }
    return pairs;
  }

  /** The closest pair below `ceiling`: what there is where ties leave none that are each other's nearest. */
  closestPair(ceiling: number): Merge[] {
    let closest = -1;
    for (const cluster of this.#alive) {
      if (this.#nearest[cluster] < 0 || !(this.#heights[cluster] < ceiling)) continue;
      if (closest < 0 || this.#heights[cluster] < this.#heights[closest]) closest = cluster;
    }
    if (closest < 0) return [];
    const other = this.#nearest[closest];
    return [{ kept: Math.min(closest, other), gone: Math.max(closest, other), height: this.#heights[closest] }];
  }

  /** Merges disjoint pairs. */
  merge(pairs: readonly Merge[]): void {
    const { base, norm } = this.#distances;
    for (const { kept, gone } of pairs) {
      const total = this.#sizes[kept] + this.#sizes[gone];
      const share = this.#sizes[gone] / total;
      const mean = rowOf(this.#means, kept);
      const other = rowOf(this.#means, gone);
      for (let feature = 0; feature < mean.length; feature++) mean[feature] += share * (other[feature] - mean[feature]);
      base[kept] += share * (base[gone] - base[kept]);
      norm[kept] = Math.sqrt(this.#rows.innerProduct(kept, kept));
      // Either may be Infinity: all others are on its list.
      this.#bounds[kept] = (1 - share) * this.#bounds[kept] + share * this.#bounds[gone];
      this.#lists[kept] = Int32Array.of(...this.#lists[kept], ...this.#lists[gone]);
      // Of the merged cluster nothing is known.
      this.#values[kept] = new Float64Array(this.#lists[kept].length);
      this.#checked[kept] = -1;
      this.#lists[gone] = new Int32Array(0);
      this.#values[gone] = new Float64Array(0);
      this.#sizes[kept] = total;
      this.#merged[kept] = this.#merged[gone] = this.#round;
      this.#into[gone] = kept;
    }
    const isTouched = (cluster: number) => this.#merged[cluster] === this.#round;
    this.#alive = this.#alive.filter((cluster) => this.#into[cluster] === cluster);
    this.#findListed(this.#alive.filter((cluster) => isTouched(cluster) || isTouched(this.#nearest[cluster])));
  }

  #find(cluster: number): number {
    let place = cluster;
    while (this.#into[place] !== place) place = this.#into[place];
    return place;
  }
}

/** Neighbours that a cluster keeps in mind. */
const LISTED = 24;

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
