import assert from "node:assert/strict";
import {
  abstainingOracle,
  activeLearning,
  cnn,
  committeeRecipe,
  type Dataset,
  type FeatureSet,
  type ImageSource,
  kCenterGreedySampling,
  type LoopOptions,
  marginSampling,
  NetworkClassifier,
  networkRecipe,
  numbersOf,
  plateau,
  type PoolView,
  probeRecipe,
  Random,
  randomSampling,
  type Round,
  simulatedOracle,
  stabilisedPredictions,
  stoppingRules,
  strategies,
  targetAccuracy,
  tf,
  voteEntropySampling,
} from "curio";
import { withCommittee } from "../../lib/learning/experiment_model.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { gaussianFeatures } from "./gaussian_features.ts";

const pool = gaussianFeatures({ count: 300 });
const validation = gaussianFeatures({ count: 60, seed: "validation" });
const test = gaussianFeatures({ count: 90, seed: "test" });
const { classNames } = pool;

function settings(changes: Partial<LoopOptions> = {}): LoopOptions {
  return {
    pool,
    oracle: simulatedOracle(pool),
    estimator: probeRecipe({ classNames }),
    strategy: marginSampling(),
    random: new Random(1),
    initial: { size: 10 },
    batchSize: 10,
    budget: 40,
    ...changes,
  } as LoopOptions;
}

const roundsOf = (options: LoopOptions): Promise<Round[]> => Array.fromAsync(activeLearning(options));

Deno.test("activeLearning() buys labels until the budget is spent, and says in each round what and why", async () => {
  const rounds = await roundsOf(settings({ validation, test }));
  assert.deepEqual(rounds.map(({ labels }) => labels), [10, 20, 30, 40]);
  assert.deepEqual(rounds.map(({ budget }) => budget), [70, 80, 90, 100]);
  assert.equal(rounds.at(-1)?.stopped?.rule, "labelBudget");
  assert.equal(rounds[0].initial?.length, 10);
  const asked = rounds.flatMap(({ initial = [], asked }) => [...initial, ...asked]);
  assert.equal(new Set(asked.map(({ index }) => index)).size, 40);
  for (const { index, label } of asked) assert.equal(label, pool.labels[index]);
  for (const { score, confidence, prediction } of rounds[0].asked) {
    assert.ok(score! > 0 && confidence! > 1 / 3 - 1e-6 && prediction! < 3);
  }
  const counts = [0, 0, 0];
  for (const { label } of asked) counts[label!]++;
  assert.deepEqual(rounds[3].classCounts, counts);
  assert.equal(rounds[3].validation?.count, 60);
  assert.equal(rounds[3].test?.count, 90);
  assert.ok(rounds[3].test!.accuracy > 0.6);
  assert.deepEqual(JSON.parse(JSON.stringify(rounds)), rounds);
});

Deno.test("activeLearning() gives the same numbers for the same seed, and others for another", async () => {
  const once = await roundsOf(settings({ validation }));
  const again = await roundsOf(settings({ validation }));
  assert.deepEqual(again.map(numbersOf), once.map(numbersOf));
  const other = await roundsOf(settings({ validation, random: new Random(2) }));
  assert.notDeepEqual(other.map(numbersOf), once.map(numbersOf));
});

Deno.test("all strategies begin with the same initial set where the seed is the same", async () => {
  const initial = async (strategy: LoopOptions["strategy"]) =>
    (await roundsOf(settings({ strategy, budget: 10 })))[0].initial!.map(({ index }) => index);
  assert.deepEqual(await initial(marginSampling()), await initial(randomSampling()));
});

const images: Dataset = syntheticDataset({ count: 60 });
const tiny = networkRecipe({
  build: (random) =>
    new NetworkClassifier({
      network: cnn({
        shape: images.images.shape,
        classes: 3,
        filters: [4],
        denseUnits: [8],
        denseDropout: 0.2,
        random,
      }),
      classNames: images.classNames,
    }),
  fit: { steps: 8, batchSize: 8 },
});

function imageSettings(changes: Partial<LoopOptions> = {}): LoopOptions {
  return settings({
    pool: images,
    oracle: simulatedOracle(images),
    estimator: tiny,
    initial: { size: 9 },
    batchSize: 6,
    budget: 21,
    ...changes,
  } as Partial<LoopOptions>);
}

/** Labels of which only those that were asked for may be read. */
function poisoned<E extends Dataset | FeatureSet>(set: E) {
  const bought = new Set<number>();
  const labels = new Proxy(set.labels, {
    get(target, key) {
      if (typeof key !== "string" || !/^\d+$/.test(key)) throw new Error(`labels.${String(key)} was read`);
      if (!bought.has(Number(key))) throw new Error(`label ${key} was read and never bought`);
      return target[Number(key)];
    },
  });
  const examples = { ...set, labels };
  const honest = simulatedOracle(examples);
  const oracle: LoopOptions["oracle"] = {
    describe: "poisoned",
    ask(indices, options) {
      for (const index of indices) bought.add(index);
      return honest.ask(indices, options);
    },
  };
  return { examples, oracle, bought };
}

const everyRule = Object.values(stoppingRules).filter((rule) => rule !== targetAccuracy).map((rule) =>
  (rule as typeof plateau)()
);

for (const [name, make] of Object.entries(strategies)) {
  Deno.test(`${name} asks, models learn and rules judge without a label that was not bought`, async () => {
    const strategy = make();
    const ofNetworks = strategy.needs.some((need) => need === "committee" || need === "dropoutPasses");
    const { examples, oracle, bought } = ofNetworks ? poisoned(images) : poisoned(pool);
    const estimator = ofNetworks ? withCommittee(tiny, 2) : probeRecipe({ classNames });
    const held = ofNetworks ? syntheticDataset({ count: 30, seed: 2 }) : validation;
    const changes = { pool: examples, oracle, strategy, estimator, dropoutPasses: 2, budget: 20 };
    const rounds = await roundsOf(settings({ ...changes, validation: held, stop: everyRule } as Partial<LoopOptions>));
    assert.ok(rounds[0].asked.length > 0);
    assert.equal(bought.size, rounds.at(-1)?.labels);
  });
}

Deno.test("neither a journal nor asking again reads a label that was not bought", async () => {
  const journal = await Deno.makeTempDir();
  try {
    const { examples, oracle, bought } = poisoned(pool);
    const options = settings({ pool: examples, oracle, relabel: { share: 0.5, folds: 2 }, journal, budget: 30 });
    const rounds = await roundsOf(options);
    assert.ok(rounds.some(({ askedAgain = [] }) => askedAgain.length > 0));
    assert.equal(bought.size, rounds.at(-1)?.labels);
  } finally {
    await Deno.remove(journal, { recursive: true });
  }
});

/** A set that writes down when its instances or labels are read. */
function watched<E extends Dataset | FeatureSet>(set: E, log: string[]): E {
  return new Proxy(set, {
    get(target, key, receiver) {
      if (["features", "images", "labels"].includes(String(key))) log.push(String(key));
      return Reflect.get(target, key, receiver);
    },
  });
}

for (const kind of ["features", "images"] as const) {
  Deno.test(`a test set of ${kind} is read when selection and stopping are settled, and by nothing before`, async () => {
    const log: string[] = [];
    const strategy = marginSampling();
    const rule = targetAccuracy(1);
    const journal = await Deno.makeTempDir();
    const own = kind === "features" ? settings : imageSettings;
    const held = kind === "features" ? test : syntheticDataset({ count: 20, seed: 3 });
    const run = activeLearning(own({
      test: watched(held, log),
      validation: kind === "features" ? validation : syntheticDataset({ count: 30, seed: 2 }),
      strategy: {
        ...strategy,
        select(view: PoolView, ...rest) {
          log.push("select");
          return strategy.select(view, ...rest);
        },
      },
      stop: [{
        ...rule,
        check(rounds) {
          log.push("stop");
          assert.ok(rounds.every((round) => !("test" in round)));
          return rule.check(rounds);
        },
      }],
      journal,
    } as Partial<LoopOptions>));
    try {
      for await (const round of run) {
        const read = log.splice(0);
        assert.deepEqual(read, [...round.stopped ? [] : ["stop", "select"], kind, "labels"]);
      }
    } finally {
      await Deno.remove(journal, { recursive: true });
    }
  });
}

Deno.test("another test set changes no question", async () => {
  const asked = async (set: FeatureSet | undefined) =>
    (await roundsOf(settings({ test: set }))).map(({ asked }) => asked);
  assert.deepEqual(await asked(test), await asked(undefined));
});

Deno.test("batches grow by their factor, the last one to what the budget leaves", async () => {
  const rounds = await roundsOf(settings({ batchSize: { first: 4, factor: 2 }, budget: 30 }));
  assert.deepEqual(rounds.map(({ asked }) => asked.length), [4, 8, 8, 0]);
});

Deno.test("the run ends when the pool is exhausted", async () => {
  const small = gaussianFeatures({ count: 25 });
  const rounds = await roundsOf(settings({ pool: small, oracle: simulatedOracle(small), budget: undefined }));
  assert.deepEqual(rounds.map(({ labels }) => labels), [10, 20, 25]);
  assert.equal(rounds[2].stopped?.rule, "exhaustedPool");
  assert.match(rounds[1].warnings[0], /only 5 of the 10/);
});

Deno.test("an initial set may be stratified, chosen by a cold-start strategy, or given", async () => {
  const first = async (initial: LoopOptions["initial"]) =>
    (await roundsOf(settings({ initial, budget: 12 })))[0].initial!;
  const stratified = await first({ size: 12, by: "stratified" });
  assert.deepEqual([0, 1, 2].map((label) => stratified.filter((q) => q.label === label).length), [4, 4, 4]);
  const spread = await first({ size: 12, by: kCenterGreedySampling() });
  assert.equal(new Set(spread.map(({ index }) => index)).size, 12);
  const given = await first({ indices: [7, 3] });
  assert.deepEqual(given.map(({ index }) => index), [7, 3]);
});

Deno.test("a run branches off another where it stood, without asking again what is known", async () => {
  const trunk = await roundsOf(settings({ budget: 20 }));
  let asked = 0;
  const honest = simulatedOracle(pool);
  const oracle: LoopOptions["oracle"] = {
    ...honest,
    ask(indices, options) {
      asked += indices.length;
      return honest.ask(indices, options);
    },
  };
  const branch = await roundsOf(settings({ initial: { rounds: trunk }, strategy: randomSampling(), oracle }));
  assert.deepEqual(branch.map(({ labels }) => labels), [20, 30, 40]);
  assert.equal(asked, 20);
  assert.deepEqual(branch[0].classCounts, trunk[1].classCounts);
});

Deno.test("items on which the oracle abstains are put aside, counted, and never asked again", async () => {
  const oracle = abstainingOracle(simulatedOracle(pool), { rate: 0.4 });
  const rounds = await roundsOf(settings({ oracle }));
  const asked = rounds.flatMap(({ initial = [], asked }) => [...initial, ...asked]);
  const silent = asked.filter(({ label }) => label === null).length;
  assert.ok(silent > 0);
  assert.equal(rounds.at(-1)?.abstained, silent);
  assert.equal(rounds.at(-1)?.labels, 40);
  assert.equal(new Set(asked.map(({ index }) => index)).size, asked.length);
});

Deno.test("strategies choose among a drawn subset of the pool where one is asked for", async () => {
  let seen = 0;
  const strategy = marginSampling();
  const watching = {
    ...strategy,
    select(view: PoolView, k: number, random: Random) {
      seen = view.candidates.length;
      return strategy.select(view, k, random);
    },
  };
  await roundsOf(settings({ strategy: watching, candidates: 50, budget: 20 }));
  assert.equal(seen, 50);
});

Deno.test("stopping rules end a run by name", async () => {
  const target = await roundsOf(settings({ validation, stop: [targetAccuracy(0.5)], budget: 200 }));
  assert.equal(target.at(-1)?.stopped?.rule, "targetAccuracy");
  const stable = await roundsOf(settings({ stop: [stabilisedPredictions({ kappa: 0.9, window: 2 })], budget: 300 }));
  assert.equal(stable.at(-1)?.stopped?.rule, "stabilisedPredictions");
  const { kappa } = stable.at(-1)!.stability!;
  assert.ok(kappa! > 0.8 && stable[0].stability?.kappa === null);
  await assert.rejects(roundsOf(settings({ stop: [plateau()] })), /plateau goes by a validation set/);
});

Deno.test("options out of range are refused", async () => {
  await assert.rejects(roundsOf(settings({ batchSize: 0 })), RangeError);
  await assert.rejects(roundsOf(settings({ budget: 1.5 })), RangeError);
  await assert.rejects(roundsOf(settings({ initial: { size: 301 } })), RangeError);
});

Deno.test("a committee of bootstrapped probes disagrees, and query by committee asks by it", async () => {
  const estimator = committeeRecipe([probeRecipe({ classNames })], { members: 3, bootstrap: true });
  const rounds = await roundsOf(settings({ estimator, strategy: voteEntropySampling({ over: "committee" }) }));
  assert.equal(rounds.at(-1)?.labels, 40);
  assert.ok(rounds[0].asked[0].score! > 0);
});

Deno.test("a network learns from raw images, from scratch with the same number of steps in each round", async () => {
  const before = tf.memory().numTensors;
  const rounds = await roundsOf(imageSettings({ validation: syntheticDataset({ count: 30, seed: 2 }) }));
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(rounds.map(({ training }) => training), Array(3).fill({ from: "scratch", steps: 8 }));
});

Deno.test("dropout passes, warm starts and shrink and perturb are there for networks", async () => {
  const bald = await roundsOf(imageSettings({ strategy: strategies.bald(), dropoutPasses: 3, budget: 15 }));
  assert.ok(bald[0].asked.some(({ score }) => score! > 0));
  for (const training of ["warm", { shrink: 0.5 }] as const) {
    const before = tf.memory().numTensors;
    const rounds = await roundsOf(imageSettings({ training }));
    const from = typeof training === "object" ? "shrinkAndPerturb" : training;
    assert.deepEqual(rounds.map(({ training }) => training.from), ["scratch", from, from]);
    assert.equal(tf.memory().numTensors, before);
  }
});

Deno.test("interrupted, a run leaves the rounds that were complete", async () => {
  const abort = new AbortController();
  const reading: ImageSource = {
    ...images.images,
    read(indices) {
      if (rounds.length === 1) abort.abort(new Error("stop"));
      return images.images.read(indices);
    },
  };
  const rounds: Round[] = [];
  const run = async () => {
    const options = imageSettings({ pool: { ...images, images: reading }, signal: abort.signal });
    for await (const round of activeLearning(options)) rounds.push(round);
  };
  await assert.rejects(run(), /stop/);
  assert.equal(rounds.length, 1);
  assert.equal(rounds[0].asked.length, 6);
});
