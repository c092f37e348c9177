import {
  expectedErrorReductionSampling,
  expectedGradientLengthSampling,
  expectedModelChangeSampling,
  matrix,
  type PoolSources,
} from "curio";
import type { GoldenCase } from "./golden_case.ts";

/** Two features, three classes; the probabilities are those of LogisticRegression(C=1, tol=1e-12) on what is labelled. */
const sources: PoolSources = {
  classCount: 3,
  candidates: [0, 1, 2, 3, 4, 5],
  embeddings: matrix([[1, 0], [1, 1], [0.2, 0.1], [2.2, 0.2], [0.1, 1.2], [3, 3]]),
  labelled: [6, 7, 8, 9, 10, 11],
  labelledEmbeddings: matrix([[0, 0], [2, 0], [0, 2], [2.5, 0.5], [0.5, 0.5], [0.3, 2.2]]),
  labels: [0, 1, 2, 1, 0, 2],
  probabilities: matrix([
    [0.51758106, 0.36754577, 0.11487317],
    [0.34210295, 0.32375411, 0.33414294],
    [0.69260489, 0.15660897, 0.15078614],
    [0.17379777, 0.75951107, 0.06669116],
    [0.42445969, 0.11367924, 0.46186107],
    [0.01630937, 0.5147932, 0.46889743],
  ]),
};
const refits = "scikit-learn 1.9.1 LogisticRegression(C=1, tol=1e-12), refitted 18 times";

export const cases: readonly GoldenCase[] = [
  {
    strategy: expectedErrorReductionSampling(),
    sources,
    k: 6,
    indices: [1, 4, 0, 5, 2, 3],
    scores: [-1.85423533, -2.06200522, -2.10818693, -2.16585482, -2.20603636, -2.34534526],
    origin: `modAL 0.4.2.1 expected_error_reduction(loss="binary") with ${refits}`,
  },
  {
    strategy: expectedErrorReductionSampling({ loss: "log" }),
    sources,
    k: 6,
    indices: [1, 0, 4, 2, 5, 3],
    scores: [-4.06309241, -4.26374196, -4.27805384, -4.38885739, -4.51016313, -4.5549243],
    origin: `modAL 0.4.2.1 expected_error_reduction(loss="log") with ${refits}`,
  },
  {
    strategy: expectedModelChangeSampling(),
    sources,
    k: 6,
    indices: [2, 0, 4, 5, 1, 3],
    scores: [0.61417081, 0.60497302, 0.52040819, 0.49411063, 0.43712449, 0.22267387],
    origin: `the expected norm of the change of coef_ and intercept_ by ${refits}`,
  },
  {
    strategy: expectedGradientLengthSampling(),
    sources,
    k: 6,
    indices: [5, 1, 3, 4, 0, 2],
    scores: [3.02932892, 1.15448099, 1.12100252, 0.91665377, 0.74793497, 0.13421341],
    origin: "NumPy 2.4: norms of the outer products of p − e_y and h, weighted by p",
  },
];
