import assert from "node:assert/strict";
import {
  ActiveLearner,
  classifierMargin,
  classifierUncertainty,
  Committee,
  committeeVoteEntropy,
  consensusEntropyQuery,
  entropyQuery,
  gatherRows,
  makeLinearCombination,
  makeProduct,
  makeQueryStrategy,
  marginQuery,
  marginSampling,
  type Matrix,
  maxDisagreementQuery,
  multiArgmax,
  type ProbabilityModel,
  probeRecipe,
  type QueryFunctionOptions,
  Random,
  uncertaintyQuery,
  voteEntropyQuery,
  weightedRandom,
} from "curio";
import { joinInstances } from "../../lib/learning/instances.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { gaussianFeatures } from "./gaussian_features.ts";

const items = 40;
const XPool: Matrix = { rows: items, columns: 1, data: new Float32Array(items) };

/** The probabilities that modAL 0.4.2 was given for the picks below: a fixed formula, one for each member. */
function probabilitiesOf(member: number): Matrix {
  const rows = [...Array(items).keys()].map((i) => {
    const weights = [0, 1, 2, 3].map((j) => 1 + (i * 7 + j * 13 + i * j * 5 + member * 11 + i * i * 3) % 97);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  return { rows: items, columns: 4, data: Float32Array.from(rows.flat()) };
}

/** An estimator that has its beliefs already: what it takes to be one in modAL. */
const stub = (member = 0) => ({ fit: () => {}, predictProba: () => Promise.resolve(probabilitiesOf(member)) });

const picks = async (query: Promise<[Int32Array, Matrix, unknown]>) => [...(await query)[0]].sort((a, b) => a - b);

// Made with modAL 0.4.2 and NumPy from the same probabilities, n_instances=6, sorted.
Deno.test("the uncertainty queries pick what modAL picks from the same probabilities", async () => {
  const expected = new Map([
    [uncertaintyQuery, [17, 18, 19, 35, 36, 38]],
    [marginQuery, [4, 7, 10, 16, 17, 36]],
    [entropyQuery, [17, 18, 19, 35, 36, 38]],
  ]);
  for (const [queryStrategy, indices] of expected) {
    const learner = new ActiveLearner<Matrix>({ estimator: stub(), queryStrategy });
    assert.deepEqual(await picks(learner.query(XPool, { nInstances: 6 })), indices);
  }
  const house = new ActiveLearner<Matrix>({ estimator: stub(), queryStrategy: marginSampling() });
  assert.deepEqual(await picks(house.query(XPool, { nInstances: 6 })), expected.get(marginQuery));
});

Deno.test("the committee queries pick what modAL picks from the same probabilities", async () => {
  const learnerList = [0, 1, 2, 3, 4].map((member) => new ActiveLearner<Matrix>({ estimator: stub(member) }));
  const expected = new Map([
    [consensusEntropyQuery, [16, 17, 18, 26, 34, 35]],
    [maxDisagreementQuery, [8, 16, 24, 27, 33, 36]],
  ]);
  for (const [queryStrategy, indices] of expected) {
    const committee = new Committee<Matrix>({ learnerList, queryStrategy });
    assert.deepEqual(await picks(committee.query(XPool, { nInstances: 6 })), indices);
  }
  const committee = new Committee<Matrix>({ learnerList });
  const measured = await committeeVoteEntropy(committee, XPool);
  const modal = [0, 0.673012, 1.05492, 0.673012, 0.673012, 0.500402, 1.332179, 0];
  modal.forEach((value, row) => assert.ok(Math.abs(measured[row] - value) < 1e-6));
});

Deno.test("measures combine as modAL's make_linear_combination and make_product", async () => {
  const linearCombination = makeLinearCombination([classifierUncertainty, classifierMargin], { weights: [1.0, 0.5] });
  const product = makeProduct([classifierUncertainty, classifierMargin], { exponents: [0.5, 0.1] });
  const learner = new ActiveLearner<Matrix>({ estimator: stub() });
  for (
    const [measure, indices, best] of [
      [linearCombination, [17, 18, 19, 35, 36, 38], 0.746183],
      [product, [2, 3, 11, 24, 25, 32], 0.630973],
    ] as const
  ) {
    const [picked, values] = multiArgmax(await measure(learner, XPool), { nInstances: 6 });
    assert.deepEqual([...picked].sort((a, b) => a - b), indices);
    assert.ok(Math.abs(values[0] - best) < 1e-6);
  }
  assert.throws(() => makeLinearCombination([classifierMargin], { weights: [1, 2] }), /as many weights/);
});

Deno.test("equals are picked from the lowest index on, or by lot", () => {
  assert.deepEqual([...multiArgmax([1, 2, 2, 2], { nInstances: 2 })[0]], [1, 2]);
  const drawn = [1, 2, 3, 4, 5, 6].map((seed) => multiArgmax([2, 2, 2], { random: new Random(seed) })[0][0]);
  assert.ok(new Set(drawn).size > 1);
  assert.throws(() => multiArgmax([1], { nInstances: 2 }), /at most 1/);
});

Deno.test("weightedRandom() never picks what weighs nothing, and repeats itself", () => {
  const weights = [0, 1, 0, 5];
  const [indices, chosen] = weightedRandom(weights, { nInstances: 2, random: new Random(3) });
  assert.deepEqual([...indices].sort(), [1, 3]);
  assert.deepEqual([...chosen], [...indices].map((index) => weights[index]));
});

const pool = gaussianFeatures({ count: 120, spread: 0.8 });
const { classNames, features, labels } = pool;
const probe = () => probeRecipe({ classNames }).make(new Random(1));

// From modAL's documentation: "Active learning in a few lines" and "Extending modAL", line by line.
Deno.test("modAL's first example, transcribed, learns", async () => {
  // initializing the learner
  const learner = new ActiveLearner({
    estimator: await probe(),
    queryStrategy: entropyQuery,
    XTraining: gatherRows(features, [0, 1, 2]),
    yTraining: labels.slice(0, 3),
  });
  const before = await learner.score(features, labels);
  for (let query = 0; query < 10; query++) {
    // query for labels
    const [queryIdx, queryInst] = await learner.query(features);
    // supply label for queried instance
    await learner.teach(queryInst, queryIdx.map((index) => labels[index]));
  }
  assert.equal(learner.yTraining?.length, 13);
  assert.equal(learner.XTraining?.rows, 13);
  assert.ok(await learner.score(features, labels) >= before);
  assert.equal((await learner.predict(features)).length, 120);
});

Deno.test("modAL's custom query strategy, transcribed, asks", async () => {
  const linearCombination = makeLinearCombination([classifierUncertainty, classifierMargin], { weights: [1.0, 1.0] });
  const customQueryStrategy = async (
    classifier: ProbabilityModel,
    X: Matrix,
    { nInstances = 1 }: QueryFunctionOptions = {},
  ) => {
    const utility = await linearCombination(classifier, X);
    const [queryIdx] = multiArgmax(utility, { nInstances });
    return [queryIdx, gatherRows(X, queryIdx)] as const;
  };
  const learner = new ActiveLearner<Matrix>({
    estimator: await probe(),
    queryStrategy: (model, X, options) => customQueryStrategy(model, X as Matrix, options),
    XTraining: gatherRows(features, [0, 1, 2]),
    yTraining: [0, 1, 2],
  });
  const [queryIdx, queryInstance] = await learner.query(features, { nInstances: 3 });
  assert.equal(queryIdx.length, 3);
  assert.deepEqual(queryInstance, gatherRows(features, queryIdx));
  const built = makeQueryStrategy(linearCombination, multiArgmax);
  assert.deepEqual((await built(learner, features, { nInstances: 3 }))[0], queryIdx);
});

Deno.test("modAL's committee of bootstrapped learners, transcribed, votes, learns, and is an estimator", async () => {
  const learnerList: ActiveLearner<Matrix>[] = [];
  for (let member = 0; member < 3; member++) {
    learnerList.push(
      new ActiveLearner({
        estimator: await probe(),
        XTraining: gatherRows(features, [0, 1, 2, 3, 4, 5]),
        yTraining: labels.slice(0, 6),
        bootstrapInit: true,
        random: new Random(member),
      }),
    );
  }
  const committee = new Committee({ learnerList, queryStrategy: voteEntropyQuery });
  assert.equal(committee.length, 3);
  assert.deepEqual([...committee], learnerList);
  const votes = await committee.vote(features);
  assert.deepEqual([votes.rows, votes.columns], [120, 3]);
  assert.equal((await committee.voteProba(features)).length, 3);
  const [queryIdx, queryInst] = await committee.query(features, { nInstances: 5 });
  await committee.teach(queryInst, queryIdx.map((index) => labels[index]), { bootstrap: true });
  await committee.rebag();
  assert.ok(learnerList.every(({ yTraining }) => yTraining?.length === 11));
  assert.ok(await committee.score(features, labels) > 0.4);
  const ensembleLearner = new ActiveLearner<Matrix>({ estimator: committee });
  assert.deepEqual(await ensembleLearner.predict(features), await committee.predict(features));
});

Deno.test("a learner refuses labels that do not pair with instances, and instances of another shape", async () => {
  const learner = new ActiveLearner<Matrix>({ estimator: await probe() });
  await assert.rejects(learner.fit(gatherRows(features, [0]), [0, 1]), /one label for each of 1 instances/);
  await learner.fit(gatherRows(features, [0, 1]), [0, 1]);
  await assert.rejects(learner.teach({ rows: 1, columns: 1, data: new Float32Array(1) }, [0]), /rows of 6/);
  await assert.rejects(new ActiveLearner<Matrix>({ estimator: await probe() }).rebag(), /must have been taught/);
});

Deno.test("images join to a source that reads both in any order", async () => {
  const [first, second] = [1, 2].map((seed) => syntheticDataset({ count: 3, side: 2, seed }).images);
  const joined = joinInstances(first, second);
  assert.equal(joined.count, 6);
  const bytes = await joined.read([5, 0, 3]);
  assert.deepEqual(bytes.subarray(0, 4), await second.read([2]));
  assert.deepEqual(bytes.subarray(4, 8), await first.read([0]));
  assert.deepEqual(bytes.subarray(8), await second.read([0]));
});
