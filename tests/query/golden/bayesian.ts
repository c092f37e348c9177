import {
  baldSampling,
  batchBaldSampling,
  meanStandardDeviationSampling,
  type PoolSources,
  predictiveEntropySampling,
} from "curio";
import { members } from "./committee.ts";
import type { GoldenCase } from "./golden_case.ts";

const sources: PoolSources = { classCount: 3, dropoutPasses: members };

export const cases: readonly GoldenCase[] = [
  {
    strategy: baldSampling(),
    sources,
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [0.21496353, 0.20504258, 0.04748422, 0.02449171],
    origin: "SciPy: entropy of the mean less the mean entropy; scikit-activeml 1.0.1 batch_bald, first row",
  },
  {
    strategy: batchBaldSampling(),
    sources,
    k: 3,
    indices: [1, 3, 0],
    scores: [0.21496353, 0.38255034, 0.40822505],
    origin: "scikit-activeml 1.0.1 batch_bald(probas, 3, n_MC_samples=1000): exact joint entropies",
  },
  {
    strategy: meanStandardDeviationSampling(),
    sources,
    k: 4,
    indices: [3, 1, 0, 2],
    scores: [0.21709639, 0.20992352, 0.08367746, 0.05586028],
    origin: "NumPy 2.4 std(0).mean(1), as modAL's mc_dropout_mean_st",
  },
  {
    strategy: predictiveEntropySampling(),
    sources,
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [1.08746527, 1.08138363, 0.7455382, 0.63624108],
    origin: "SciPy entropy of the mean, which is baal's Entropy",
  },
];
