import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { amongUsable, finiteRows, rowsAt, rowsThat } from "./among_usable.ts";
import { assignToCentres } from "./assign_to_centres.ts";
import { integersBetween } from "./dissimilarity.ts";
import { kMeans } from "./k_means.ts";
import { stackedRows } from "./stacked_rows.ts";
import { lotsFor } from "./lots.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { type MemberOptions, TypicalMembers } from "./typical_members.ts";

/** How {@linkcode typiClustSampling} clusters and compares. */
export interface TypiClustOptions {
  /** Most neighbours that typicality is measured by, ≥ 1. Default 20, as in the paper. */
  readonly neighbours?: number;
  /** Most clusters, ≥ 1. Default 500, as in the paper. */
  readonly maxClusters?: number;
  /** Clusters with fewer items are passed over until there are no others. Default 6, as in the authors' code. */
  readonly minClusterSize?: number;
}

/** {@linkcode TypiClustOptions}, and what to pick from. */
export interface TypiClustInputs extends TypiClustOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  readonly random: Random;
  /** What is labelled already. Default: nothing. */
  readonly labelled?: Matrix;
  /** Stable ids of the rows, which draw lots between equals; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/**
 * TypiClust: asks for the typical. All items, labelled or not, are clustered by k-means into min(labelled + k,
 * `maxClusters`) clusters; these take turns, those with the fewest labelled items first and of those the largest, and
 * each gives the candidate with the largest {@linkcode typicality} among the cluster's candidates.
 *
 * Hacohen, Dekel and Weinshall (2022), Active learning on a budget: opposite strategies suit high and low budgets,
 * ICML, eq. 1 and algorithm 1. Their code takes squared distances (those that faiss returns), turns to mini-batches
 * when there are more than 50 clusters (here: k-means on a sample of 30 rows a cluster, then one pass over all), and
 * fails when a cluster runs out of candidates (here: it is passed over). scikit-activeml has as many clusters as
 * labels, without a bound, and K = min(5, size − 1). The typicality of a cluster's only candidate is 0.
 *
 * Scores: the typicality of each pick. Candidates that are not finite come last. Time that of k-means and
 * O(size² · d) for each cluster asked, memory O(n + clusters · d).
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows, or an option is not an integer ≥ 1
 */
export async function typiClust(points: Matrix, inputs: TypiClustInputs): Promise<Picks> {
  const { k, random, labelled, ids, neighbours = 20, maxClusters = 500, minClusterSize = 6 } = inputs;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  for (const [name, value] of Object.entries({ neighbours, maxClusters, minClusterSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot select rows: ${name} must be an integer ≥ 1: current value is ${value}`);
    }
  }
  const lots = lotsFor(points.rows, { random: random.child("ties"), ids });
  const usable = finiteRows(points);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const candidates = rowsAt(points, rows);
    const known = labelled ? rowsThat(finiteRows, labelled) : { rows: 0, columns: candidates.columns, data: NOTHING };
    const clusterCount = Math.min(known.rows + wanted, maxClusters);
    const assignments = await clustered([candidates, known], {
      clusters: clusterCount,
      random: random.child("clusters"),
    });
    const ownLots = Float64Array.from(rows, (row) => lots[row]);
    const clusters = clustersOf(assignments, { clusterCount, candidates, neighbours, lots: ownLots });
    const inOrder = clusters.toSorted((a, b) =>
      Number(a.size < minClusterSize) - Number(b.size < minClusterSize) || a.labelled - b.labelled ||
      b.size - a.size || a.lot - b.lot
    );
    const large = inOrder.filter(({ size }) => size >= minClusterSize);
    const picks: number[] = [];
    const scores: number[] = [];
    for (let turns = large.length > 0 ? large : inOrder; picks.length < wanted;) {
      for (const cluster of turns) {
        if (picks.length === wanted) break;
        if (cluster.members.left === 0) continue;
        const { member, typicality } = await cluster.members.takeMostTypical();
        picks.push(member);
        scores.push(typicality);
      }
      if (turns.every(({ members }) => members.left === 0)) turns = inOrder;
    }
    return { rows: picks, scores };
  });
}

const NOTHING = new Float32Array(0);

/** Of each row its cluster: by k-means on all rows, or where the clusters are many, on a sample of them. */
async function clustered(
  matrices: readonly Matrix[],
  { clusters, random }: { readonly clusters: number; readonly random: Random },
): Promise<Int32Array> {
  const rows = stackedRows(...matrices);
  const sampleSize = 30 * clusters;
  if (clusters <= 50 || rows.count <= sampleSize) {
    return (await kMeans(matrices, { clusters, random })).assignments;
  }
  const sample = rows.gather(random.child("sample").sample(rows.count, sampleSize).sort());
  const { centres } = await kMeans(sample, { clusters, random, iterations: 5 });
  const assignment = {
    nearest: new Int32Array(rows.count),
    distance: new Float64Array(rows.count),
    second: new Float64Array(rows.count),
  };
  await assignToCentres(rows, { centres, items: integersBetween(0, rows.count), assignment });
  return assignment.nearest;
}

interface Cluster {
  /** Items, labelled ones included. */
  readonly size: number;
  readonly labelled: number;
  /** That of the first candidate. */
  readonly lot: number;
  /** Candidates not yet picked. */
  readonly members: TypicalMembers;
}

interface ClusterOptions extends MemberOptions {
  readonly clusterCount: number;
}

/** The clusters that hold any candidates. */
function clustersOf(assignments: Int32Array, { clusterCount, ...options }: ClusterOptions): Cluster[] {
  const members = Array.from({ length: clusterCount }, (): number[] => []);
  const labelled = new Int32Array(clusterCount);
  assignments.forEach((cluster, item) =>
    item < options.candidates.rows ? members[cluster].push(item) : labelled[cluster]++
  );
  return members
    .map((items, cluster) => ({
      size: items.length + labelled[cluster],
      labelled: labelled[cluster],
      lot: options.lots[items[0]],
      members: new TypicalMembers(Int32Array.from(items), options),
    }))
    .filter((cluster) => cluster.members.left > 0);
}

/** Asks for the typical: {@linkcode typiClust}. With nothing labelled, a cold start. */
export function typiClustSampling(
  { neighbours = 20, maxClusters = 500, minClusterSize = 6 }: TypiClustOptions = {},
): QueryStrategy {
  const options = { neighbours, maxClusters, minClusterSize };
  return queryStrategy({
    name: "typiClust",
    family: "diversity",
    needs: ["embeddings", "labelledEmbeddings"],
    reference:
      "Hacohen, Dekel and Weinshall (2022), Active learning on a budget: opposite strategies suit high and low budgets, ICML",
    options,
    pick: async (view, k, random) =>
      typiClust(await view.embeddings(), {
        k,
        random,
        labelled: await view.labelledEmbeddings(),
        ids: view.candidates,
        ...options,
      }),
  });
}
