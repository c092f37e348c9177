import {
  badgeSampling,
  clusterMarginSampling,
  contrastiveSampling,
  coralSampling,
  diverseMiniBatchSampling,
  matrix,
  rankedBatchSampling,
  uncertainThenDiverseSampling,
} from "curio";
import { wavePool } from "./diversity.ts";
import type { GoldenCase } from "./golden_case.ts";

export const cases: readonly GoldenCase[] = [
  {
    strategy: uncertainThenDiverseSampling(),
    sources: wavePool,
    k: 2,
    indices: [29, 13],
    scores: [2.05220941, 1.8427849],
    origin: "NumPy 2.4.6: furthest-first among the 20 smallest margins",
  },
  {
    strategy: rankedBatchSampling(),
    sources: wavePool,
    k: 6,
    indices: [29, 13, 16, 14, 28, 12],
    scores: [0.658192091, 0.625953785, 0.581490356, 0.565013093, 0.557739837, 0.539790829],
    origin: "modAL 0.4.2.1 ranked_batch(X_pool, 1 - p.max(1), 6, euclidean)",
  },
  {
    strategy: coralSampling(),
    sources: wavePool,
    k: 6,
    indices: [29, 13, 28, 14, 12, 26],
    scores: [1.76428567, 1.43260251, 1.10506063, 1.0120001, 0.957571312, 0.78625321],
    origin: "NumPy 2.4.6: argmax of min distance × (1 − max p) / (1 − 1/3), one by one",
  },
  {
    strategy: contrastiveSampling({ neighbours: 3 }),
    sources: wavePool,
    k: 4,
    indices: [1, 15, 19, 21],
    scores: [1.4891061, 1.4337829, 1.30632881, 1.19114744],
    origin: "scikit-activeml 1.0.1 ContrastiveAL: SciPy rel_entr over scikit-learn's three nearest labelled neighbours",
  },
  {
    strategy: badgeSampling(),
    sources: wavePool,
    k: 1,
    indices: [29],
    scores: [1.59702031],
    origin: "NumPy 2.4.6: the largest squared norm of the outer products of p − e_y and h",
  },
  {
    strategy: diverseMiniBatchSampling({ beta: 3 }),
    sources: {
      classCount: 2,
      embeddings: matrix([[0], [1], [2], [70], [71], [72], [30], [31], [40], [41]]),
      probabilities: matrix([...Array(6).fill([0.5, 0.5]), ...Array(4).fill([1, 0])]),
    },
    k: 2,
    indices: [4, 1],
    scores: [0, 0],
    origin: "by hand: the middle of each triple of torn items; which comes first is a lot of seed 1",
  },
  {
    strategy: clusterMarginSampling({ clusterSize: 3, factor: 3 }),
    sources: {
      classCount: 2,
      embeddings: matrix([[0], [1], [2], [50], [51], [52]]),
      probabilities: matrix([[0.5, 0.5], [0.5, 0.5], [1, 0], [0.625, 0.375], [1, 0], [1, 0]]),
    },
    k: 1,
    indices: [3],
    scores: [-0.25],
    origin: "by hand: of the three least certain the last has its cluster to itself, and the smaller cluster begins",
  },
];
