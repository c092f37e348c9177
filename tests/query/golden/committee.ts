import {
  consensusEntropySampling,
  matrix,
  maximumDisagreementSampling,
  meanDisagreementSampling,
  type PoolSources,
  voteEntropySampling,
} from "curio";
import type { GoldenCase } from "./golden_case.ts";

export const members = [
  matrix([[0.7, 0.2, 0.1], [0.4, 0.35, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]),
  matrix([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1], [0.5, 0.25, 0.25]]),
  matrix([[0.9, 0.05, 0.05], [0.3, 0.6, 0.1], [0.05, 0.9, 0.05], [0.1, 0.8, 0.1]]),
];
const sources: PoolSources = { classCount: 3, committee: members };

export const cases: readonly GoldenCase[] = [
  {
    strategy: voteEntropySampling(),
    // The first two members agree on every item but one.
    sources: { classCount: 3, committee: [members[0], members[0], members[2]] },
    k: 2,
    indices: [3, 1],
    scores: [0.63651417, 0.63651417],
    origin: "by hand: votes 2 to 1, (2/3) ln(3/2) + (1/3) ln 3; the order is a lot of seed 1",
  },
  {
    strategy: consensusEntropySampling(),
    sources,
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [1.08746527, 1.08138363, 0.7455382, 0.63624108],
    origin: "SciPy entropy of the mean, which is modAL's consensus_entropy",
  },
  {
    strategy: maximumDisagreementSampling(),
    sources,
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [0.36520621, 0.30850927, 0.09380954, 0.03809856],
    origin: "modAL 0.4.2.1 KL_max_disagreement",
  },
  {
    strategy: meanDisagreementSampling(),
    sources,
    k: 4,
    indices: [1, 3, 0, 2],
    scores: [0.21496353, 0.20504258, 0.04748422, 0.02449171],
    origin: "SciPy rel_entr, mean over members, which is scikit-activeml's average_kl_divergence",
  },
];
