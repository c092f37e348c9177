import { join } from "node:path";
import {
  activeLearning,
  cnn,
  contentHashes,
  type Dataset,
  embeddings,
  linearProbe,
  memoryImages,
  NetworkClassifier,
  networkRecipe,
  probeRecipe,
  Random,
  readAll,
  resized,
  simulatedOracle,
  strategies,
  subset,
} from "curio";
import { joinInstances } from "../../../lib/learning/instances.ts";

// What a process does that read_trail_test.ts has audited: honest and dishonest things, in this order. The last line
// that it prints is what the library itself found.

const shape = { height: 8, width: 8, channels: 1 };
const random = new Random(1);

function made(name: string, count: number): Dataset {
  const own = random.child(name);
  const labels = Int32Array.from({ length: count }, (_, image) => image % 2);
  const pixels = Uint8Array.from({ length: 64 * count }, (_, place) => {
    return 120 * labels[Math.floor(place / 64)] + own.integer(100);
  });
  return { name, images: memoryImages(pixels, shape), labels, classNames: ["dark", "bright"], checksum: name };
}

export const train = made("train", 40);
export const test = made("test", 20);

if (import.meta.main) {
  const [caches] = Deno.args;
  const build = (seeds: Random) =>
    new NetworkClassifier({
      network: cnn({ shape, classes: 2, filters: [2], denseUnits: [4], random: seeds }),
      classNames: train.classNames,
    });
  const fit = { epochs: 1, batchSize: 20, random: random.child("fit") };
  const found: number[] = [];

  // 1. Honest: validation from the training images, then one look at the test images.
  const honest = build(random.child("honest"));
  await honest.fit(train, { ...fit, validation: subset(train, [0, 1, 2, 3]) });
  found.push((await honest.evaluate(test)).accuracy);

  // 2. Test images among the training images, behind a source of the student's own.
  const leaky = build(random.child("leaky"));
  const labels = Int32Array.of(...train.labels, ...test.labels);
  await leaky.fit({ ...train, images: joinInstances(train.images, test.images), labels }, fit);
  found.push((await leaky.evaluate(test)).accuracy);

  // 3. Stopped by test images.
  await build(random.child("stopped")).fit(train, { ...fit, validation: test, earlyStopping: {} });

  // 4. A probe on features, once of training images and once of five test images; read back from the cache.
  const featuresOf = async (dataset: Dataset) =>
    await readAll(await embeddings(honest, dataset, { folder: join(caches, "embeddings") }));
  const [known, unseen] = [await featuresOf(train), await featuresOf(test)];
  const probe = await linearProbe(known, train.labels, { classNames: train.classNames });
  await probe.probabilities(unseen);
  const five = await featuresOf(subset(test, [0, 1, 2, 3, 4]));
  await linearProbe(five, test.labels.subarray(0, 5), { classNames: test.classNames });

  // 5. Active learning, on images in another size and on features.
  const settings = { initial: { size: 4 }, batchSize: 4, budget: 8, random: random.child("loop") };
  const asking = { oracle: simulatedOracle(train), strategy: strategies.margin() };
  const pool = resized(resized(train, { crop: 6 }), { crop: 8 });
  const recipe = networkRecipe({ build, fit: { steps: 1, batchSize: 4 } });
  for await (const round of activeLearning({ pool, test, estimator: recipe, ...asking, ...settings })) {
    found.push(round.test!.accuracy);
  }
  const features = { pool: { ...train, features: known }, test: { ...test, features: unseen } };
  const estimator = probeRecipe({ classNames: train.classNames });
  for await (const round of activeLearning({ ...features, estimator, ...asking, ...settings })) {
    found.push(round.test!.accuracy);
  }

  // 6. Test images in the pool.
  const mixed = { ...train, images: joinInstances(train.images, test.images), labels };
  const oracle = simulatedOracle(mixed);
  for await (const _ of activeLearning({ ...asking, ...settings, pool: mixed, estimator: recipe, oracle })) void _;
  console.log(JSON.stringify({ found, images: (await contentHashes(test.images)).length }));
}
