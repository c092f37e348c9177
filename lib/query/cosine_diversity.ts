import { embeddingsWithin } from "./embeddings_within.ts";
import { greedyMaxMin } from "./greedy_max_min.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/**
 * Diversity by cosine similarity: again and again the candidate whose largest cosine similarity to anything labelled or
 * picked is smallest. It is k-center greedy on 1 − cos, that is, on the directions of the embeddings.
 *
 * Score: 1 − that similarity, in [0, 2]. A zero vector has similarity 0 to everything. With nothing labelled the first
 * pick is the candidate most like the mean. Cost as {@linkcode greedyMaxMin}.
 */
export function cosineDiversitySampling(): QueryStrategy {
  return queryStrategy({
    name: "cosineDiversity",
    family: "diversity",
    needs: ["embeddings", "labelledEmbeddings"],
    reference: "Gonzalez (1985), Clustering to minimize the maximum intercluster distance, on 1 − cosine similarity",
    pick: async (view, k, random) =>
      greedyMaxMin(await embeddingsWithin(view), {
        k,
        labelled: await view.labelledEmbeddings(),
        distance: "cosine",
        random,
        ids: view.candidates,
      }),
  });
}
