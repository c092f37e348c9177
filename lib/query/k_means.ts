import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { type Assignment, assignToCentres } from "./assign_to_centres.ts";
import { integersBetween } from "./dissimilarity.ts";
import { kMeansPlusPlus } from "./k_means_plus_plus.ts";
import { stackedRows } from "./stacked_rows.ts";

/** How {@linkcode kMeans} clusters. */
export interface KMeansOptions {
  /** Clusters, in 1…rows. */
  readonly clusters: number;
  readonly random: Random;
  /** Of each row, ≥ 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
  /** Most passes. Default: 100. */
  readonly iterations?: number;
  /**
   * Stop when the centres together moved by less than this share of the mean variance of a feature. Default: 0.0001.
   */
  readonly tolerance?: number;
  /** Rows to start from. Default: drawn by {@linkcode kMeansPlusPlus}. */
  readonly seeds?: Int32Array;
}

/** What k-means found. */
export interface Clustering {
  /** `[clusters, features]` */
  readonly centres: Matrix;
  /** Of each row, its cluster. */
  readonly assignments: Int32Array;
  /** Of each row, the squared distance to the centre of its cluster. */
  readonly distances: Float64Array;
  readonly iterations: number;
}

/**
 * k-means by Lloyd's algorithm (1982): assign every row to its nearest centre, move every centre to the weighted mean
 * of its rows, again and again.
 *
 * The assignment is a matrix product, made only for rows whose nearest centre may have changed: Hamerly's bounds (2010)
 * hold for the others, an upper one on the distance to the own centre and a lower one to every other. A cluster left
 * empty takes the row that is farthest from its centre, as in scikit-learn. Time O(n · clusters · d) an iteration at
 * worst, memory O(n + clusters · d).
 *
 * Rows must be finite. Several matrices are clustered as one, numbered as if they stood under each other.
 *
 * @throws {RangeError} if `clusters` is not an integer in 1…rows
 *
 * @example
 * ```ts
 * import { kMeans, matrix, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const points = matrix([[0], [1], [10], [11]]);
 * const { centres } = await kMeans(points, { clusters: 2, random: new Random(1) });
 * assert.deepEqual([...centres.data].sort((a, b) => a - b), [0.5, 10.5]);
 * ```
 */
export async function kMeans(points: Matrix | readonly Matrix[], options: KMeansOptions): Promise<Clustering> {
  const { clusters, random, weights, iterations = 100, tolerance = 1e-4 } = options;
  const matrices = [points].flat() as readonly Matrix[];
  const rows = stackedRows(...matrices);
  const { count, columns } = rows;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > count) {
    throw new RangeError(
      `Cannot cluster: the number of clusters must be an integer in 1…${count}: current value is ${clusters}`,
    );
  }
  const seeds = options.seeds ?? await kMeansPlusPlus(matrices, { clusters, random, weights });
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const centres: Matrix = { rows: clusters, columns, data: new Float32Array(clusters * columns) };
  seeds.forEach((row, cluster) => centres.data.set(rows.row(row), cluster * columns));

  const assignment: Assignment = {
    nearest: new Int32Array(count),
    distance: new Float64Array(count),
    second: new Float64Array(count),
  };
  await assignToCentres(rows, { centres, items: integersBetween(0, count), assignment });
  const assignments = assignment.nearest.slice();
  const upper = assignment.distance.map(Math.sqrt);
  const lower = assignment.second.map(Math.sqrt);
  const sums = new Float64Array(clusters * columns);
  const masses = new Float64Array(clusters);
  const add = (row: number, cluster: number, weight: number) => {
    const values = rows.row(row);
    for (let column = 0, at = cluster * columns; column < columns; column++, at++) sums[at] += weight * values[column];
    masses[cluster] += weight;
  };
  for (let row = 0; row < count; row++) add(row, assignments[row], weightOf(row));
  const enough = tolerance * meanVariance(matrices);

  let iteration = 1;
  for (;; iteration++) {
    for (let cluster = 0; cluster < clusters; cluster++) {
      if (masses[cluster] > 0) continue;
      const row = farthestRow(upper, (candidate) => masses[assignments[candidate]] > weightOf(candidate));
      if (row < 0) continue;
      add(row, assignments[row], -weightOf(row));
      assignments[row] = cluster;
      add(row, cluster, weightOf(row));
      upper[row] = 0;
      lower[row] = 0;
    }
    const moved = moveCentres(centres, { sums, masses });
    const shift = moved.reduce((total, distance) => total + distance ** 2, 0);
    const largest = moved.reduce((most, distance) => Math.max(most, distance), 0);
    const doubtful: number[] = [];
    for (let row = 0; row < count; row++) {
      upper[row] += moved[assignments[row]];
      lower[row] -= largest;
      if (upper[row] >= lower[row]) doubtful.push(row);
    }
    const items = Int32Array.from(doubtful);
    await assignToCentres(rows, { centres, items, assignment });
    let changed = 0;
    for (const row of items) {
      upper[row] = Math.sqrt(assignment.distance[row]);
      lower[row] = Math.sqrt(assignment.second[row]);
      const cluster = assignment.nearest[row];
      if (cluster === assignments[row]) continue;
      add(row, assignments[row], -weightOf(row));
      add(row, cluster, weightOf(row));
      assignments[row] = cluster;
      changed++;
    }
    if (changed === 0 || shift <= enough || iteration >= iterations) break;
  }
  const apart = stackedRows(...matrices, centres);
  const distances = Float64Array.from(assignments, (cluster, row) => apart.squaredDistance(row, count + cluster));
  return { centres, assignments, distances, iterations: iteration };
}

/** Moves every centre that has rows to their mean. */
function moveCentres(centres: Matrix, { sums, masses }: { sums: Float64Array; masses: Float64Array }): Float64Array {
  const { columns, data } = centres;
  return masses.map((mass, cluster) => {
    if (!(mass > 0)) return 0;
    let moved = 0;
    for (let column = 0, at = cluster * columns; column < columns; column++, at++) {
      const before = data[at];
      data[at] = sums[at] / mass;
      moved += (data[at] - before) ** 2;
    }
    return Math.sqrt(moved);
  });
}

/** The row farthest from its centre among those that may leave theirs, or −1. */
function farthestRow(distance: Float64Array, mayLeave: (row: number) => boolean): number {
  let farthest = -1;
  for (let row = 0; row < distance.length; row++) {
    if ((farthest < 0 || distance[row] > distance[farthest]) && mayLeave(row)) farthest = row;
  }
  return farthest;
}

/** The mean over features of their variance over rows. */
function meanVariance(matrices: readonly Matrix[]): number {
  const sums = new Float64Array(matrices[0].columns);
  let count = 0;
  let squares = 0;
  for (const { rows, columns, data } of matrices) {
    count += rows;
    for (let at = 0; at < data.length; at += columns) {
      for (let column = 0; column < columns; column++) {
        sums[column] += data[at + column];
        squares += data[at + column] ** 2;
      }
    }
  }
  const ofMeans = sums.reduce((total, sum) => total + (sum / count) ** 2, 0);
  return (squares / count - ofMeans) / sums.length;
}
