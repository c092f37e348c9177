import { embeddingsWithin } from "./embeddings_within.ts";
import { greedyMaxMin } from "./greedy_max_min.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/** How {@linkcode kCenterGreedySampling} treats outliers. */
export interface KCenterGreedyOptions {
  /** Share of the candidates that each pick steps over because they are farther still, in [0, 1). Default 0. */
  readonly outlierShare?: number;
}

/**
 * k-center greedy, known as core-set: again and again the candidate whose embedding is farthest (in L2 norm) from
 * everything labelled or picked. Its covering radius is at most twice the smallest possible.
 *
 * Sener and Savarese (2018), Active learning for convolutional neural networks: a core-set approach, ICLR, algorithm 1;
 * the greedy rule is Gonzalez's (1985). Their robust version takes a mixed-integer program to leave out outliers; here
 * `outlierShare` of the candidates, the farthest at each pick, are stepped over instead (after Bhaskara et al., 2019).
 *
 * Score: the distance to the nearest at that moment. With nothing labelled the first pick is the candidate nearest to
 * the mean; google/active-learning starts from row 0, scikit-activeml at random, DISTIL fails. O(n · labelled · d) time
 * and what {@linkcode greedyMaxMin} adds, at worst n · k · d; O(n) memory: embeddings of more than 2 GiB stay on disk and
 * are read in blocks. DeepAL builds the n × n matrix.
 *
 * @throws {RangeError} if `outlierShare` is not in [0, 1)
 */
export function kCenterGreedySampling({ outlierShare = 0 }: KCenterGreedyOptions = {}): QueryStrategy {
  if (!(outlierShare >= 0 && outlierShare < 1)) {
    throw new RangeError(`Cannot step over outliers: their share must be in [0, 1): current value is ${outlierShare}`);
  }
  return queryStrategy({
    name: "kCenterGreedy",
    family: "diversity",
    needs: ["embeddings", "labelledEmbeddings"],
    reference:
      "Sener and Savarese (2018), Active learning for convolutional neural networks: a core-set approach, ICLR",
    options: { outlierShare },
    pick: async (view, k, random) =>
      greedyMaxMin(await embeddingsWithin(view), {
        k,
        labelled: await view.labelledEmbeddings(),
        outliers: Math.floor(outlierShare * view.candidates.length),
        random,
        ids: view.candidates,
      }),
  });
}
