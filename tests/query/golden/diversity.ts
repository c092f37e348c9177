import {
  cosineDiversitySampling,
  facilityLocationSampling,
  informationDensitySampling,
  jensenShannonDiversitySampling,
  kCenterGreedySampling,
  klDiversitySampling,
  kMeansSampling,
  matrix,
  type PoolSources,
  probCoverSampling,
  typiClustSampling,
} from "curio";
import { waveDistributions, waves } from "../waves.ts";
import type { GoldenCase } from "./golden_case.ts";

/** Numbers that NumPy makes alike; see waves.ts. */
export const wavePool: PoolSources = {
  classCount: 3,
  candidates: Array.from({ length: 30 }, (_, row) => row),
  labelled: [30, 31, 32, 33, 34],
  labels: [0, 1, 2, 0, 1],
  embeddings: waves(30, 4, 1),
  probabilities: waveDistributions(30, 3, 2),
  labelledEmbeddings: waves(5, 4, 100),
  labelledProbabilities: waveDistributions(5, 3, 200),
};

/** Three crosses of 12, 9 and 6 points, each about its typical point, which comes first. */
const crosses: PoolSources = {
  classCount: 3,
  embeddings: matrix([12, 9, 6].flatMap((size, cross) =>
    Array.from({ length: size }, (_, at) => {
      const radius = at === 0 ? 0 : 3 ** Math.floor((at - 1) / 4);
      const angle = at * Math.PI / 2;
      return [100 * cross + radius * Math.round(Math.cos(angle)), radius * Math.round(Math.sin(angle))];
    })
  )),
};

export const cases: readonly GoldenCase[] = [
  {
    strategy: kCenterGreedySampling(),
    sources: wavePool,
    k: 6,
    indices: [29, 13, 16, 14, 15, 27],
    scores: [2.05220941, 1.8427849, 1.62623519, 1.48815997, 1.34601494, 1.21115467],
    origin: "furthest-first as in DISTIL, on scikit-learn 1.9.1 pairwise_distances",
  },
  {
    strategy: cosineDiversitySampling(),
    sources: wavePool,
    k: 6,
    indices: [29, 16, 13, 14, 28, 26],
    scores: [0.88148673, 0.849727588, 0.666418372, 0.426006462, 0.368306725, 0.318789356],
    origin: "furthest-first on 1 − scikit-learn 1.9.1 cosine_similarity",
  },
  {
    strategy: klDiversitySampling(),
    sources: wavePool,
    k: 6,
    indices: [9, 25, 23, 4, 20, 21],
    scores: [0.705069631, 0.662903617, 0.370849719, 0.288878446, 0.28171353, 0.227433677],
    origin: "furthest-first on SciPy 1.17.1 entropy both ways, probabilities raised to 0.001",
  },
  {
    strategy: jensenShannonDiversitySampling(),
    sources: wavePool,
    k: 6,
    indices: [9, 25, 23, 4, 20, 21],
    scores: [0.0815484101, 0.0772218125, 0.0444511249, 0.0355312032, 0.0313435668, 0.0250668528],
    origin: "furthest-first on the square of SciPy 1.17.1 jensenshannon",
  },
  {
    strategy: facilityLocationSampling(),
    sources: wavePool,
    k: 4,
    indices: [28, 13, 11, 9],
    origin: "NumPy 2.4.6: again and again the argmax of np.maximum(S - cur[:, None], 0).sum(0), S = (1 + cosine) / 2",
  },
  {
    strategy: informationDensitySampling(),
    sources: wavePool,
    k: 4,
    indices: [21, 12, 3, 5],
    scores: [0.41045341, 0.4020025, 0.40007606, 0.3983493],
    origin: "NumPy 2.4.6: (1 / (1 + pairwise_distances(X))).mean(1), which is modAL's information_density",
  },
  {
    strategy: kMeansSampling(),
    sources: { classCount: 2, embeddings: matrix([[0], [2], [1], [50], [51], [52]]) },
    k: 2,
    indices: [4, 2],
    origin: "by hand: the middle of each triple; which comes first is a lot of seed 1",
  },
  {
    strategy: typiClustSampling(),
    sources: crosses,
    k: 3,
    indices: [0, 12, 21],
    scores: [0.6, 1, 1],
    origin: "by hand: centres of the crosses, the largest first; mean distances of 6, 4 and 3 neighbours 10/6, 1 and 1",
  },
  {
    strategy: probCoverSampling({ radius: 1.5 }),
    sources: { classCount: 2, embeddings: matrix([[0], [1], [2], [50]]) },
    k: 2,
    indices: [1, 3],
    scores: [3, 1],
    origin: "by hand: the ball of radius 1.5 about the second point holds three, that about the last only itself",
  },
];
