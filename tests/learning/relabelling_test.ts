import assert from "node:assert/strict";
import {
  activeLearning,
  type Answer,
  type AskOptions,
  cnn,
  type LoopOptions,
  matrix,
  NetworkClassifier,
  networkRecipe,
  noisyOracle,
  normalisedMargin,
  numbersOf,
  type Oracle,
  outOfSampleProbabilities,
  probeRecipe,
  Random,
  randomSampling,
  type Round,
  selfConfidence,
  simulatedOracle,
  tf,
} from "curio";
import { standingOf } from "../../lib/learning/relabelling.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { gaussianFeatures } from "./gaussian_features.ts";

const pool = gaussianFeatures({ count: 300, spread: 0.8 });
const { classNames } = pool;
const estimator = probeRecipe({ classNames });
const noisy = noisyOracle(simulatedOracle(pool), { flip: 0.25, classCount: 3 });

const settings = {
  pool,
  oracle: noisy,
  estimator,
  strategy: randomSampling(),
  random: new Random(3),
  initial: { size: 40 },
  batchSize: 20,
  budget: 120,
  relabel: { share: 0.5 },
} as const;
const roundsOf = (changes: Partial<LoopOptions> = {}): Promise<Round[]> =>
  Array.fromAsync(activeLearning({ ...settings, ...changes } as LoopOptions));

Deno.test("self-confidence and the normalised margin of given labels are as worked out by hand", () => {
  const probabilities = matrix([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]);
  assert.deepEqual([...selfConfidence(probabilities, [0, 1, 0])], [0.5, 0.25, 0.125]);
  // (1 + 0.5 − 0.25) / 2, (1 + 0.25 − 0.5) / 2, (1 + 0.125 − 0.75) / 2
  assert.deepEqual([...normalisedMargin(probabilities, [0, 1, 0])], [0.625, 0.375, 0.1875]);
  assert.throws(() => selfConfidence(probabilities, [0, 1]), /2 labels/);
  assert.throws(() => normalisedMargin(probabilities, [0, 1, 3]), /value is 3/);
});

Deno.test("the label with most answers is in force, the newest where answers are level", () => {
  const cases: [Answer[], Answer, number][] = [
    [[2], 2, 1],
    [[2, 0], 0, 0],
    [[2, 0, 2], 2, 1],
    [[2, 0, 0], 0, 1],
    [[2, null, 2], 2, 2],
    [[2, 0, 1], 1, 0],
    [[null], null, 0],
  ];
  for (const [answers, label, lead] of cases) assert.deepEqual(standingOf(answers), { label, lead });
});

Deno.test("out-of-sample beliefs about an item come from a model that has not seen it", async () => {
  const seen: Set<number>[] = [];
  const rows = pool.features.columns;
  const places = new Map(Array.from({ length: 30 }, (_, row) => [pool.features.data[row * rows], row]));
  const idsOf = (x: typeof pool.features) =>
    Array.from({ length: x.rows }, (_, row) => places.get(x.data[row * rows])!);
  const spying: typeof estimator = {
    name: "spy",
    async make(random) {
      const model = await estimator.make(random);
      let known: Set<number>;
      return {
        ...model,
        fit(x, labels, options) {
          known = new Set(idsOf(x));
          idsOf(x).forEach((id, row) => assert.equal(labels[row], pool.labels[id]));
          return model.fit(x, labels, options);
        },
        probabilities(x) {
          const asked = new Set(idsOf(x));
          assert.deepEqual(known.intersection(asked), new Set());
          seen.push(asked);
          return model.probabilities(x);
        },
      };
    },
  };
  const features = { ...pool.features, rows: 30, data: pool.features.data.slice(0, 30 * rows) };
  const labels = pool.labels.slice(0, 30);
  const beliefs = await outOfSampleProbabilities(features, labels, {
    estimator: spying,
    folds: 4,
    random: new Random(1),
  });
  assert.equal(seen.length, 4);
  assert.equal(seen.reduce((all, part) => all.union(part)).size, 30);
  assert.deepEqual([beliefs.rows, beliefs.columns], [30, 3]);
  await assert.rejects(
    outOfSampleProbabilities(features, labels, { estimator, folds: 1, random: new Random(1) }),
    /2…30/,
  );
});

Deno.test("relabelling spends its share of each batch on labelled items, and every answer counts", async () => {
  const rounds = await roundsOf();
  assert.deepEqual(rounds.map(({ budget }) => budget), [40, 60, 80, 100, 120]);
  assert.deepEqual(rounds.map(({ labels }) => labels), [40, 50, 60, 70, 80]);
  assert.deepEqual(rounds.map(({ repeats }) => repeats), [undefined, 10, 20, 30, 40]);
  const answers = new Map<number, Answer[]>();
  for (const { initial = [], asked, askedAgain = [] } of rounds) {
    for (const { index, label } of [...initial, ...asked]) {
      assert.ok(!answers.has(index));
      answers.set(index, [label]);
    }
    for (const { index, label, score } of askedAgain) {
      assert.ok(score! >= 0 && score! <= 1);
      answers.get(index)!.push(label);
    }
  }
  assert.ok([...answers.values()].every(({ length }) => length <= 3));
  // An item whose first two answers agree cannot be outvoted by a third.
  assert.ok([...answers.values()].every(([first, second, third]) => third === undefined || first !== second));
  const counts = [0, 0, 0];
  for (const given of answers.values()) counts[standingOf(given).label!]++;
  assert.deepEqual(rounds.at(-1)?.classCounts, counts);
});

Deno.test("labels that look wrong are asked again more often than right ones, and fewer are wrong in the end", async () => {
  const rounds = await roundsOf({ relabel: { share: 1 }, batchSize: 10, budget: 80 });
  const [{ initial = [] }] = rounds;
  const wrong = ({ index, label }: { readonly index: number; readonly label: Answer }) => label !== pool.labels[index];
  const first = new Map(initial.map((question) => [question.index, question]));
  const doubted = rounds[0].askedAgain!.map(({ index }) => first.get(index)!);
  assert.ok(doubted.filter(wrong).length / doubted.length > 2 * initial.filter(wrong).length / initial.length);
  const finally_ = new Map(initial.map(({ index, label }) => [index, [label]]));
  for (const { index, label } of rounds.flatMap(({ askedAgain = [] }) => askedAgain)) finally_.get(index)?.push(label);
  const left = [...finally_].filter(([index, given]) => standingOf(given).label !== pool.labels[index]).length;
  assert.ok(left < 0.7 * initial.filter(wrong).length, `${left} labels are wrong`);
});

Deno.test("the oracle is told how many answers an item has had, and its silence is no label", async () => {
  const told: number[] = [];
  const oracle: Oracle = {
    describe: "silent when asked again",
    ask(indices: Int32Array, { earlier }: AskOptions) {
      told.push(...Array.from(indices, (index) => earlier!(index)));
      return Promise.resolve(Array.from(indices, (index) => earlier!(index) > 0 ? null : pool.labels[index]));
    },
  };
  const rounds = await roundsOf({ oracle, budget: 70 });
  assert.deepEqual(told.slice(0, 40), Array(40).fill(0));
  assert.deepEqual(told.slice(40, 60), [...Array(10).fill(0), ...Array(10).fill(1)]);
  const last = rounds.at(-1)!;
  assert.deepEqual([last.labels, last.repeats, last.budget], [70, undefined, 70]);
  assert.equal(last.abstained, rounds.flatMap(({ askedAgain = [] }) => askedAgain).length);
});

Deno.test("where no label is left to doubt, the whole batch is asked of the unlabelled", async () => {
  const rounds = await roundsOf({ oracle: simulatedOracle(pool), relabel: { share: 1 }, initial: { size: 10 } });
  // 10 labels, each confirmed once by the honest oracle; then 10 questions are left over for new ones.
  assert.deepEqual([rounds[0].asked.length, rounds[0].askedAgain?.length], [10, 10]);
});

Deno.test("a branch off a run that relabelled knows all its answers", async () => {
  const trunk = await roundsOf({ budget: 80 });
  const branch = await roundsOf({ initial: { rounds: trunk }, budget: 80 });
  assert.equal(branch.length, 1);
  const { budget, labels, repeats, classCounts } = branch[0];
  const last = trunk.at(-1)!;
  assert.deepEqual({ budget, labels, repeats, classCounts }, {
    budget: 80,
    labels: last.labels,
    repeats: last.repeats,
    classCounts: last.classCounts,
  });
});

Deno.test("relabelling gives the same numbers for the same seed, and refuses what makes no sense", async () => {
  assert.deepEqual((await roundsOf()).map(numbersOf), (await roundsOf()).map(numbersOf));
  for (const relabel of [{ share: 0 }, { share: 1.1 }, { share: 0.5, answers: 1 }, { share: 0.5, folds: 1 }]) {
    await assert.rejects(roundsOf({ relabel }), RangeError);
  }
});

Deno.test("relabelling with a network leaves no tensor", async () => {
  const images = syntheticDataset({ count: 40 });
  const network = (random: Random) =>
    cnn({ shape: images.images.shape, classes: 3, filters: [4], denseUnits: [8], random });
  const before = tf.memory().numTensors;
  const rounds = await roundsOf({
    pool: images,
    oracle: simulatedOracle(images),
    estimator: networkRecipe({
      build: (random) => new NetworkClassifier({ network: network(random), classNames: images.classNames }),
      fit: { steps: 3, batchSize: 8 },
    }),
    relabel: { share: 0.5, folds: 2, quality: normalisedMargin },
    ...{ initial: { size: 9 }, batchSize: 6, budget: 15 },
  } as Partial<LoopOptions>);
  assert.equal(rounds[1].repeats, 3);
  assert.equal(tf.memory().numTensors, before);
});
