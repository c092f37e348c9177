import {
  calibratedEntropy,
  calibratedLeastConfidence,
  calibratedMargin,
  entropySampling,
  leastConfidenceSampling,
  marginSampling,
  matrix,
  variationRatioSampling,
} from "curio";
import { members } from "./committee.ts";
import type { GoldenCase } from "./golden_case.ts";

const probabilities = matrix([[0.7, 0.2, 0.1], [0.4, 0.35, 0.25], [0.05, 0.9, 0.05], [1 / 3, 1 / 3, 1 / 3]]);
const logits = matrix([[2, 1, 0], [0, 0.5, -1], [3, 0, 0], [1, 1, -2]]);
const scipy = "SciPy entropy, NumPy sort: the softmax of half the logits";

export const cases: readonly GoldenCase[] = [
  {
    strategy: leastConfidenceSampling(),
    sources: { classCount: 3, probabilities },
    k: 4,
    indices: [3, 1, 0, 2],
    scores: [0.66666667, 0.6, 0.3, 0.1],
    origin: "modAL 0.4.2.1 classifier_uncertainty; scikit-activeml 1.0.1 uncertainty_scores(least_confident)",
  },
  {
    strategy: leastConfidenceSampling({ normalised: true }),
    sources: { classCount: 3, probabilities },
    k: 2,
    indices: [3, 1],
    scores: [1, 0.9],
    origin: "Lightly's (1 − max p)/(1 − 1/C), by hand",
  },
  {
    strategy: marginSampling(),
    sources: { classCount: 3, probabilities },
    k: 4,
    indices: [3, 1, 0, 2],
    scores: [1, 0.95, 0.5, 0.15],
    origin: "scikit-activeml 1.0.1 uncertainty_scores(margin_sampling)",
  },
  {
    strategy: entropySampling(),
    sources: { classCount: 3, probabilities },
    k: 4,
    indices: [3, 1, 0, 2],
    scores: [1.09861229, 1.08052763, 0.80181855, 0.39439769],
    origin: "modAL 0.4.2.1 classifier_entropy; scikit-activeml 1.0.1 uncertainty_scores(entropy)",
  },
  {
    strategy: variationRatioSampling({ over: "committee" }),
    sources: { classCount: 3, committee: members, candidates: [10, 20, 30, 40] },
    k: 2,
    indices: [20, 40],
    scores: [0.66666667, 0.66666667],
    origin:
      "scikit-activeml 1.0.1 variation_ratios; both items have three votes for three classes, so the order is a lot",
  },
  {
    strategy: calibratedLeastConfidence({ temperature: 2 }),
    sources: { classCount: 3, logits },
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [0.55578602, 0.55018378, 0.49351961, 0.30856155],
    origin: scipy,
  },
  {
    strategy: calibratedMargin({ temperature: 2 }),
    sources: { classCount: 3, logits },
    k: 4,
    indices: [3, 1, 0, 2],
    scores: [1, 0.90174022, 0.80071549, 0.46284232],
    origin: scipy,
  },
  {
    strategy: calibratedEntropy({ temperature: 2 }),
    sources: { classCount: 3, logits },
    k: 4,
    indices: [1, 0, 3, 2],
    scores: [1.05531132, 1.02019134, 0.94946753, 0.83182345],
    origin: scipy,
  },
];
