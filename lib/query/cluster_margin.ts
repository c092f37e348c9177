import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { amongUsable, finiteRows, rowsAt } from "./among_usable.ts";
import { averageLinkage } from "./average_linkage.ts";
import { drawById } from "./draw_by_id.ts";
import { lotsFor } from "./lots.ts";
import { margin } from "./margin.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { restrict } from "./restrict.ts";
import { topK } from "./top_k.ts";

/** How {@linkcode clusterMarginSampling} clusters and pre-selects. */
export interface ClusterMarginOptions {
  /** Rows to a cluster, on average, where the tree is cut; ≥ 1. Default 10. */
  readonly clusterSize?: number;
  /** k_m ÷ k_t, the uncertain rows that are looked at for each that is asked; ≥ 1. Default 10. */
  readonly factor?: number;
}

/** {@linkcode ClusterMarginOptions}, and what to pick from. */
export interface ClusterMarginInputs extends ClusterMarginOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  readonly random: Random;
  /** Of each row; small is uncertain. */
  readonly margins: ArrayLike<number>;
  /** Stable ids of the rows, which draw the lots; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/**
 * Cluster-Margin: of the `factor` · k rows with the smallest margins, those that are unlike each other. All rows are
 * clustered once by {@linkcode averageLinkage}; the clusters of the uncertain rows, the smallest (by their uncertain
 * rows) first, take turns to give one of these at random until k are picked.
 *
 * Citovsky, DeSalvo, Gentile, Karydas, Rajagopalan, Rostamizadeh and Kumar (2021), Batch active learning at scale,
 * NeurIPS, algorithms 1 and 2. They cut the tree at a distance ε; a cut at an average size needs no tuning to the scale
 * of embeddings. Cost as the clustering's. Scores: minus the margin. Rows with NaN come last.
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows, `clusterSize` or `factor` is below 1, or there is not one
 *   margin for each row
 */
export async function clusterMargin(points: Matrix, inputs: ClusterMarginInputs): Promise<Picks> {
  const { k, random, margins, ids, clusterSize = 10, factor = 10 } = inputs;
  if (!Number.isInteger(k) || k < 0 || k > points.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${points.rows}: current value is ${k}`);
  }
  for (const [name, value] of Object.entries({ clusterSize, factor })) {
    if (!(value >= 1)) {
      throw new RangeError(`Cannot select rows: ${name} must be at least 1: current value is ${value}`);
    }
  }
  if (margins.length !== points.rows) {
    throw new RangeError(
      `Cannot select rows: there must be one margin for each of ${points.rows} rows: current value is ${margins.length}`,
    );
  }
  const lots = lotsFor(points.rows, { random: random.child("rest"), ids });
  const finite = finiteRows(points);
  const usable = (row: number) => Number.isFinite(margins[row]) && finite(row);
  return await amongUsable({ count: points.rows, usable, k, lots }, async (rows, wanted) => {
    const clusters = await averageLinkage(rowsAt(points, rows), { clusters: Math.ceil(rows.length / clusterSize) });
    const ownMargins = Float64Array.from(rows, (row) => margins[row]);
    const ownIds = rows.map((row) => ids?.[row] ?? row);
    const size = Math.ceil(factor * wanted);
    const uncertain = topK(ownMargins, size, { largest: false, random: random.child("filter"), ids: ownIds });
    const draw = drawById(random.child("draws"));
    const picks = takeTurns(uncertain.toSorted((a, b) => draw(ownIds[a]) - draw(ownIds[b])), { clusters, k: wanted });
    return { rows: picks, scores: picks.map((row) => -ownMargins[row]) };
  });
}

/** The first `k` of `rows` when their clusters take turns, those with the fewest of them first. */
function takeTurns(
  rows: Int32Array,
  { clusters, k }: { readonly clusters: Int32Array; readonly k: number },
): number[] {
  const groups = Map.groupBy(rows, (row) => clusters[row]);
  const inOrder = [...groups.values()].sort((a, b) => a.length - b.length || clusters[a[0]] - clusters[b[0]]);
  const picks: number[] = [];
  for (let turn = 0; picks.length < k; turn++) {
    for (const group of inOrder) if (turn < group.length && picks.length < k) picks.push(group[turn]);
  }
  return picks;
}

/** {@linkcode ClusterMarginOptions}, and how many candidates are clustered. */
export interface ClusterMarginStrategyOptions extends ClusterMarginOptions {
  /**
   * Of a larger pool as many candidates are drawn at random, as in the paper; never fewer than asked for. Default
   * 20,000.
   */
  readonly candidates?: number;
}

/** Asks for a batch by {@linkcode clusterMargin}, on the embeddings and predictions of at most 20,000 candidates. */
export function clusterMarginSampling(options: ClusterMarginStrategyOptions = {}): QueryStrategy {
  const { clusterSize = 10, factor = 10, candidates = 20_000 } = options;
  return queryStrategy({
    name: "clusterMargin",
    family: "hybrid",
    needs: ["probabilities", "embeddings"],
    reference: "Citovsky et al. (2021), Batch active learning at scale, NeurIPS, algorithms 1 and 2",
    options: { clusterSize, factor, candidates },
    pick: async (view, k, random) => {
      const drawn = restrict(view, { size: Math.max(candidates, k), random: random.child("candidates") });
      const { rows, scores } = await clusterMargin(await drawn.embeddings(), {
        k,
        random,
        margins: margin(await drawn.probabilities()),
        ids: drawn.candidates,
        clusterSize,
        factor,
      });
      const rowOfId = new Map(Array.from(view.candidates, (id, row) => [id, row]));
      return { rows: Array.from(rows, (row) => rowOfId.get(drawn.candidates[row])!), scores };
    },
  });
}
