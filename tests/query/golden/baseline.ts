import { classBalancedSampling, kMeansStratifiedSampling, matrix, randomSampling } from "curio";
import type { GoldenCase } from "./golden_case.ts";

export const cases: readonly GoldenCase[] = [
  {
    strategy: randomSampling(),
    sources: { classCount: 2, candidates: [0, 1, 2, 3, 4, 5, 6, 7] },
    k: 3,
    indices: [7, 3, 4],
    origin: "this implementation, seed 1: a seed must keep its picks from release to release",
  },
  {
    strategy: classBalancedSampling(),
    sources: {
      classCount: 3,
      probabilities: matrix([[0.9, 0.1, 0], [0.8, 0.1, 0.1], [0, 0.6, 0.4], [0.1, 0.2, 0.7], [0.7, 0.2, 0.1]]),
      labelled: [5, 6, 7],
      labels: [0, 0, 1],
    },
    k: 3,
    // Held: two of class 0, one of class 1, none of class 2. So class 2 first, which only item 3 is taken for; then
    // class 1, item 2; then class 0.
    indices: [3, 2, 0],
    scores: [0, -1, -2],
    origin: "by hand; which of class 0 comes third is a lot of seed 1",
  },
  {
    strategy: kMeansStratifiedSampling({ clusters: 2 }),
    sources: { classCount: 2, embeddings: matrix([[0, 0], [0, 1], [1, 0], [50, 50], [51, 50], [50, 51]]) },
    k: 2,
    indices: [4, 0],
    origin: "by hand: one of the first three and one of the last three; which, is a lot of seed 1",
  },
];
