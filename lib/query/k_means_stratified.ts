import { finiteRows, rowsAt } from "./among_usable.ts";
import { drawById } from "./draw_by_id.ts";
import { kMeans } from "./k_means.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { stratified } from "./stratified.ts";

/** How {@linkcode kMeansStratifiedSampling} stratifies. */
export interface KMeansStratifiedOptions {
  /** Clusters of the pool, at most as many as there are candidates; default: twice the classes. */
  readonly clusters?: number;
}

/**
 * Random, stratified over k-means clusters of the embeddings: each cluster gives its share of the batch
 * ({@linkcode stratified}), drawn by lot. A baseline that covers the pool as it lies, dense parts densely; it needs no
 * model and nothing labelled. Candidates whose embedding is not finite are a stratum of their own.
 *
 * Score: the lot drawn, in [0, 1); it compares items of one cluster only. One k-means, O(n·clusters·d) a pass.
 *
 * @throws {RangeError} when it selects, if `clusters` is not an integer ≥ 1
 */
export function kMeansStratifiedSampling(options: KMeansStratifiedOptions = {}): QueryStrategy {
  return queryStrategy({
    name: "kMeansStratified",
    family: "baseline",
    needs: ["embeddings"],
    reference: "Neyman (1934), On the two different aspects of the representative method, JRSS 97; strata by k-means " +
      "(Lloyd, 1982)",
    options: { clusters: "2 × classes", ...options },
    async pick(view, k, random) {
      const { candidates, classCount } = view;
      const { clusters = 2 * classCount } = options;
      const embeddings = await view.embeddings();
      const finite = Int32Array.from(candidates, (_, row) => row).filter(finiteRows(embeddings));
      const strata = new Int32Array(candidates.length).fill(-1);
      if (finite.length > 0) {
        const { assignments } = await kMeans(rowsAt(embeddings, finite), {
          clusters: Math.min(clusters, finite.length),
          random: random.child("clusters"),
        });
        finite.forEach((row, place) => strata[row] = assignments[place]);
      }
      const rows = stratified(strata, k, { random: random.child("lots"), ids: candidates });
      const draw = drawById(random.child("lots").child("items"));
      return { rows, scores: Float64Array.from(rows, (row) => draw(candidates[row])) };
    },
  });
}
