import assert from "node:assert/strict";
import { join } from "node:path";
import { engineSupport, loadClassifier, NetworkClassifier, Random, rowOf, subset, tf } from "curio";
import { withFolder } from "../data/small_datasets.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { tinyTrainable } from "../training/tiny_trainable.ts";

const dataset = syntheticDataset({ count: 60 });

async function trained(): Promise<NetworkClassifier> {
  const classifier = new NetworkClassifier(tinyTrainable({ batchNorm: true, denseDropout: 0.3 }));
  await classifier.fit(dataset, { epochs: 3, batchSize: 16, learningRate: 0.01, random: new Random(1) });
  return classifier;
}

Deno.test("NetworkClassifier gives logits, probabilities and embeddings that belong together, in any batch size", async () => {
  const before = tf.memory().numTensors;
  const classifier = await trained();
  const held = tf.memory().numTensors;
  const { images } = dataset;
  const probabilities = await classifier.probabilities(images);
  const logits = await classifier.logits(images, { batchSize: 7 });
  const embeddings = await classifier.embeddings(images, { batchSize: 16 });
  assert.deepEqual([logits.rows, logits.columns, embeddings.rows, embeddings.columns], [60, 3, 60, 8]);
  for (let row = 0; row < 60; row++) {
    const powers = rowOf(logits, row).map(Math.exp);
    const sum = powers.reduce((a, b) => a + b, 0);
    rowOf(probabilities, row).forEach((probability, label) =>
      assert.ok(Math.abs(probability - powers[label] / sum) < 1e-5)
    );
  }
  const [kernel, bias] = classifier.network.getLayer("logits").getWeights();
  const again = tf.tidy(() => tf.tensor2d(embeddings.data, [60, 8]).matMul(kernel as tf.Tensor2D).add(bias).dataSync());
  again.forEach((score, place) => assert.ok(Math.abs(score - logits.data[place]) < 1e-4));
  assert.equal(tf.memory().numTensors, held);
  await classifier.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("NetworkClassifier in bfloat16 sees the same classes, and float32 again after it", async () => {
  const classifier = await trained();
  const { images } = dataset;
  const exact = await classifier.probabilities(images);
  const rough = await classifier.probabilities(images, { precision: "bfloat16" });
  if (engineSupport().available) assert.notDeepEqual(rough.data, exact.data);
  rough.data.forEach((probability, place) => assert.ok(Math.abs(probability - exact.data[place]) < 0.02));
  assert.deepEqual(await classifier.probabilities(images), exact);
  await classifier.dispose();
});

Deno.test("NetworkClassifier keeps dropout on where it is asked to, and repeats it by seed", async () => {
  const classifier = await trained();
  const pass = async (seed?: number) =>
    (await classifier.probabilities(dataset.images, { dropout: seed === undefined ? undefined : new Random(seed) }))
      .data;
  assert.deepEqual(await pass(1), await pass(1));
  assert.notDeepEqual(await pass(1), await pass(2));
  assert.notDeepEqual(await pass(1), await pass());
  await classifier.dispose();
});

Deno.test("NetworkClassifier sees new weights, whoever has set them", async () => {
  const classifier = await trained();
  const first = (await classifier.logits(dataset.images)).data;
  const layer = classifier.network.getLayer("logits");
  tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => weight.mul(2))));
  const doubled = (await classifier.logits(dataset.images)).data;
  doubled.forEach((score, place) => assert.ok(Math.abs(score - 2 * first[place]) < 1e-4));
  await classifier.fit(dataset, { steps: 1, random: new Random(2) });
  assert.notDeepEqual((await classifier.logits(dataset.images)).data, doubled);
  await classifier.dispose();
});

Deno.test("NetworkClassifier predicts nothing about no images, and stops when it is told to", async () => {
  const classifier = await trained();
  assert.equal((await classifier.probabilities(subset(dataset, []).images)).rows, 0);
  await assert.rejects(classifier.probabilities(dataset.images, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  await classifier.dispose();
});

Deno.test("NetworkClassifier refuses images of another shape, and to predict before it knows its normalization", async () => {
  const classifier = new NetworkClassifier(tinyTrainable());
  await assert.rejects(classifier.logits(dataset.images), /normalization is not known yet\. Call `fit` first/);
  await assert.rejects(classifier.logits(syntheticDataset({ count: 1, side: 9 }).images), /must be 8×8×1.*is 9×9×1/);
  classifier.normalization = { mean: [0], deviation: [1] };
  await assert.rejects(classifier.logits(dataset.images, { batchSize: 0 }), /batchSize.*current value is 0/);
  await classifier.dispose();
});

Deno.test("NetworkClassifier.save() and loadClassifier() give the same predictions, bit for bit", async () => {
  await withFolder(async (folder) => {
    const before = tf.memory().numTensors;
    const classifier = await trained();
    await classifier.save(folder);
    await classifier.fit(dataset, { steps: 1, random: new Random(2) });
    await classifier.save(folder); // over the first one
    const loaded = await loadClassifier(folder);
    assert.deepEqual(await loaded.logits(dataset.images), await classifier.logits(dataset.images));
    assert.deepEqual(await loaded.embeddings(dataset.images), await classifier.embeddings(dataset.images));
    assert.deepEqual(loaded.classNames, classifier.classNames);
    assert.deepEqual(loaded.normalization, classifier.normalization);
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    assert.equal(files.length, 2, `${files}`);
    await classifier.dispose();
    await loaded.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

Deno.test("A saved classifier keeps how the photos that it was trained on became images", async () => {
  await withFolder(async (folder) => {
    const plan = { crop: 8, resize: 9, interpolation: "bicubic" } as const;
    const classifier = new NetworkClassifier({ ...tinyTrainable(), preprocessing: { crop: 8 } });
    assert.deepEqual(classifier.preprocessing, { crop: 8, resize: 8, interpolation: "bilinear" });
    const photos = subset({ ...dataset, images: { ...dataset.images, preprocessing: plan } }, [0, 1, 2]);
    await classifier.fit(photos, { steps: 1, random: new Random(1) });
    await classifier.fit(dataset, { steps: 1, random: new Random(1) }); // images that never were photos
    await classifier.save(folder);
    await classifier.dispose();
    const loaded = await loadClassifier(folder);
    assert.deepEqual(loaded.preprocessing, plan);
    await loaded.dispose();
  });
});

Deno.test("loadClassifier() refuses damaged files, naming them, and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const classifier = await trained();
    await classifier.save(folder);
    await classifier.dispose();
    const before = tf.memory().numTensors;
    const model = join(folder, "model.json");
    const text = await Deno.readTextFile(model);
    const weights = join(folder, JSON.parse(text).weights);
    const bytes = await Deno.readFile(weights);

    const refusedModel = async (content: string) => {
      await Deno.writeTextFile(model, content);
      await assert.rejects(loadClassifier(folder), (error) => {
        assert.ok(error instanceof SyntaxError);
        assert.match(error.message, /Cannot load the classifier: .*model\.json/);
        return true;
      });
    };
    await refusedModel(text.slice(0, -100));
    await refusedModel("{}");
    await refusedModel(JSON.stringify({ ...JSON.parse(text), classNames: [] }));
    await refusedModel(JSON.stringify({ ...JSON.parse(text), topology: { class_name: "Nothing", config: {} } }));
    await refusedModel(JSON.stringify({ ...JSON.parse(text), featureLayer: "elsewhere" }));
    await refusedModel(text.replace('"units": 8', '"units": 9'));
    await Deno.writeTextFile(model, text);

    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(weights, bytes);
    await assert.rejects(loadClassifier(folder), /Cannot read .*weights-.*SHA-256/);
    await Deno.remove(weights);
    await assert.rejects(loadClassifier(folder), Deno.errors.NotFound);
    assert.equal(tf.memory().numTensors, before);
  });
});
