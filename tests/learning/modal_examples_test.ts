import assert from "node:assert/strict";
import {
  ActiveLearner,
  classifierUncertainty,
  cnn,
  Committee,
  consensusEntropyQuery,
  entropyQuery,
  gatherRows,
  type ImageSource,
  leastConfidence,
  marginQuery,
  type Matrix,
  matrix,
  maxDisagreementQuery,
  NetworkClassifier,
  networkRecipe,
  probeRecipe,
  type QueryFunction,
  Random,
  rankedBatch,
  rankedBatchSampling,
  rowOf,
  uncertaintyBatchQuery,
  uncertaintyQuery,
} from "curio";
import { instancesAt } from "../../lib/learning/instances.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";

// The examples of modAL's documentation, line by line, on data that `reference/modal_examples.py` makes as well. What is
// expected is what that script prints, with modAL 0.4.2.1 and scikit-learn 1.9.1.

const count = 90;
const centres = [[1, 1], [3, 1.5], [2, 3]];
const y = Int32Array.from({ length: count }, (_, i) => i % 3);
const X = matrix(Array.from(y, (label, i) => [
  centres[label][0] + ((i * 37 + 11) % 101 - 50) / 32,
  centres[label][1] + ((i * 53 + 29) % 97 - 48) / 32,
]));
const start = [0, 1, 2];

const logisticRegression = () => probeRecipe({ classNames: ["a", "b", "c"], tolerance: 1e-8 }).make(new Random(1));
const labelsAt = (ids: ArrayLike<number>) => Array.from(ids, (id) => y[id]);
const without = (ids: readonly number[], places: ArrayLike<number>) =>
  ids.filter((_, place) => !Array.from(places).includes(place));

/** Asks, teaches and takes out of the pool; what was asked, by its place in the data. */
async function poolBased(
  learner: Pick<ActiveLearner<Matrix>, "query" | "teach">,
  { from, queries, nInstances }: { from: readonly number[]; queries: number; nInstances?: number },
): Promise<number[][]> {
  let ids = from;
  const asked: number[][] = [];
  for (let query = 0; query < queries; query++) {
    const [queryIdx, queryInst] = await learner.query(gatherRows(X, ids), { nInstances });
    const these = Array.from(queryIdx, (place) => ids[place]);
    asked.push(these);
    await learner.teach(queryInst, labelsAt(these));
    ids = without(ids, queryIdx);
  }
  return asked;
}

const unlabelled = without([...Array(count).keys()], start);
const XTraining = gatherRows(X, start);
const yTraining = labelsAt(start);

/** A committee whose members began with other labels. */
async function committeeOf(queryStrategy: QueryFunction<Committee<Matrix>>): Promise<Committee<Matrix>> {
  const learnerList: ActiveLearner<Matrix>[] = [];
  for (const ids of [[0, 1, 2], [3, 4, 5], [9, 16, 20]]) {
    const XTraining = gatherRows(X, ids);
    learnerList.push(
      new ActiveLearner({ estimator: await logisticRegression(), XTraining, yTraining: labelsAt(ids) }),
    );
  }
  return new Committee({ learnerList, queryStrategy });
}

const pooled = [
  {
    name: "least confidence",
    queryStrategy: uncertaintyQuery,
    asked: [81, 61, 41, 19, 12, 77, 20, 21, 54, 85, 53, 52],
    score: 0.733333,
  },
  { name: "margin", queryStrategy: marginQuery, asked: [81, 62, 74, 36, 20, 88, 55, 45, 21, 52, 8, 78], score: 0.7 },
  { name: "entropy", queryStrategy: entropyQuery, asked: [45, 25, 31, 47, 77, 19, 44, 12, 78, 20, 52, 80], score: 0.7 },
] as const;

for (const { name, queryStrategy, asked, score } of pooled) {
  Deno.test(`pool-based sampling by ${name} asks what modAL asks, and scores as it does`, async () => {
    const learner = new ActiveLearner({ estimator: await logisticRegression(), queryStrategy, XTraining, yTraining });
    assert.deepEqual((await poolBased(learner, { from: unlabelled, queries: asked.length })).flat(), asked);
    assert.ok(Math.abs(await learner.score(X, y) - score) < 1e-6);
  });
}

const beyond = [...Array(count).keys()].slice(21);
const committees = [
  {
    name: "consensus entropy",
    queryStrategy: consensusEntropyQuery,
    asked: [22, 44, 39, 79, 71, 72, 80, 48, 81, 55],
    score: 0.688889,
  },
  {
    name: "maximum disagreement",
    queryStrategy: maxDisagreementQuery,
    asked: [47, 68, 76, 36, 40, 82, 69, 43, 41, 70],
    score: 0.7,
  },
] as const;

for (const { name, queryStrategy, asked, score } of committees) {
  Deno.test(`query by committee, by ${name}, asks what modAL asks, and scores as it does`, async () => {
    const committee = await committeeOf(queryStrategy);
    assert.deepEqual((await poolBased(committee, { from: beyond, queries: asked.length })).flat(), asked);
    assert.ok(Math.abs(await committee.score(X, y) - score) < 1e-6);
  });
}

/** Believes what a formula says, whatever it is taught. */
const fixed = {
  fit: () => {},
  predictProba: (X: Matrix) =>
    Promise.resolve(matrix(Array.from({ length: X.rows }, (_, row) => {
      const [x, z] = rowOf(X, row);
      const weights = centres.map(([a, b]) => Math.exp(-((x - a) ** 2) - (z - b) ** 2));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => weight / sum);
    }))),
};

Deno.test("ranked batch-mode sampling asks the batches that modAL asks, as a function and as a strategy", async () => {
  const batches = [[16, 8, 84], [71, 56, 21], [76, 69, 64], [46, 22, 30]];
  const presetBatch: QueryFunction<ActiveLearner<Matrix>> = (learner, X) =>
    uncertaintyBatchQuery(learner, X, { nInstances: 3 });
  const asFunction = new ActiveLearner<Matrix>({ estimator: fixed, queryStrategy: presetBatch, XTraining, yTraining });
  assert.deepEqual(await poolBased(asFunction, { from: unlabelled, queries: 4 }), batches);
  const queryStrategy = rankedBatchSampling();
  const asStrategy = new ActiveLearner<Matrix>({ estimator: fixed, queryStrategy, XTraining, yTraining });
  assert.deepEqual(await poolBased(asStrategy, { from: unlabelled, queries: 4, nInstances: 3 }), batches);
});

Deno.test("stream-based sampling asks about what modAL asks, as it comes by", async () => {
  const learner = new ActiveLearner({ estimator: await logisticRegression(), XTraining, yTraining });
  const asked: number[] = [];
  for (let step = 0; step < 60; step++) {
    const streamIdx = (step * 7 + 5) % count;
    const instance = gatherRows(X, [streamIdx]);
    const [uncertainty] = await classifierUncertainty(learner, instance);
    if (uncertainty >= 0.4) {
      await learner.teach(instance, [y[streamIdx]]);
      asked.push(streamIdx);
    }
  }
  assert.deepEqual(asked, [
    5,
    12,
    19,
    26,
    47,
    54,
    61,
    13,
    20,
    34,
    48,
    55,
    62,
    76,
    21,
    28,
    35,
    77,
    84,
    1,
    29,
    57,
    64,
    78,
    85,
    2,
    44,
  ]);
});

Deno.test("ranked batches of images are asked by the strategy, which sees their embeddings, taught ones too", async () => {
  const { images, labels, classNames } = syntheticDataset({ count: 24 });
  const build = (random: Random) => {
    const network = cnn({ shape: images.shape, classes: classNames.length, filters: [4], denseUnits: [8], random });
    return new NetworkClassifier({ network, classNames });
  };
  const estimator = await networkRecipe({ build, fit: { steps: 4, batchSize: 8 } }).make(new Random(1));
  const taught = instancesAt(images, [0, 1, 2]);
  const options = { estimator, XTraining: taught, yTraining: labels.slice(0, 3) };
  const pool = instancesAt(images, [...Array(20).keys()].map((place) => place + 3));
  await assert.rejects(
    new ActiveLearner<ImageSource>({ ...options, queryStrategy: uncertaintyBatchQuery }).query(pool),
    /distances are between rows of features/,
  );
  const learner = new ActiveLearner<ImageSource>({ ...options, queryStrategy: rankedBatchSampling() });
  const [queryIdx] = await learner.query(pool, { nInstances: 5 });
  const probabilities = await estimator.probabilities(pool);
  const { rows } = await rankedBatch(await estimator.embeddings!(pool), {
    k: 5,
    uncertainty: leastConfidence(probabilities),
    labelled: await estimator.embeddings!(taught),
  });
  assert.deepEqual(Array.from(queryIdx), Array.from(rows));
  await estimator.dispose!();
});
