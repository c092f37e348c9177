import assert from "node:assert/strict";
import {
  cosineDecay,
  type Dataset,
  DivergenceError,
  engineSupport,
  fit,
  type FitOptions,
  type History,
  memoryImages,
  NetworkClassifier,
  type ProgressEvent,
  Random,
  subset,
  tf,
  type Trainable,
} from "curio";
import { computesInBfloat16 } from "../../lib/runtime/computes_in_bfloat16.ts";
import { readWeights } from "../../lib/training/network_weights.ts";
import { syntheticDataset } from "./synthetic_dataset.ts";
import { tinyTrainable } from "./tiny_trainable.ts";

/** A run with everything that draws random numbers. */
const everything: Partial<FitOptions> = {
  epochs: 2,
  batchSize: 16,
  augmentation: { shift: 1, flip: true, cutout: 2 },
  optimizer: { name: "adamw", weightDecay: 0.01 },
  labelSmoothing: 0.05,
  classWeights: "balanced",
  clipNorm: 1,
};
const noisy = { batchNorm: true, convDropout: 0.2, denseDropout: 0.3 };

async function weightsAfter(trainable: Trainable, history: Promise<History>): Promise<Float32Array[]> {
  await history;
  const weights = [...(await readWeights(trainable.network)).values()].map(({ data }) => data);
  trainable.network.dispose();
  return weights;
}

Deno.test("fit() learns a tiny set by heart", async () => {
  const trainable = tinyTrainable();
  const history = await fit(trainable, syntheticDataset({ count: 48 }), {
    epochs: 30,
    batchSize: 16,
    learningRate: 0.01,
    random: new Random(1),
  });
  assert.equal(history.epochs.at(-1)?.accuracy, 1);
  assert.equal(history.stopped, "completed");
  assert.equal(history.steps, 90);
  assert.equal(history.bestEpoch, 30);
  trainable.network.dispose();
});

Deno.test("fit() in mixed precision learns it too, and says where that does not pay", async () => {
  const trainable = tinyTrainable({ batchNorm: true });
  const notes: string[] = [];
  const history = await fit(trainable, syntheticDataset({ count: 48 }), {
    epochs: 30,
    batchSize: 16,
    learningRate: 0.01,
    precision: "bfloat16",
    random: new Random(1),
    onProgress: (event) => event.kind === "note" && notes.push(event.text),
  });
  assert.equal(history.epochs.at(-1)?.accuracy, 1);
  const pays = engineSupport().available && computesInBfloat16() !== false;
  assert.equal(notes.length, pays ? 0 : 1, notes.join());
  if (!pays) assert.match(notes[0], /bfloat16 is slower than float32 on this processor|in float32, which is slower/);
  trainable.network.dispose();
});

Deno.test("fit() gives the same weights for the same seed, bit for bit, and others for another", async () => {
  const run = (seed: number) => {
    const trainable = tinyTrainable(noisy);
    const history = fit(trainable, syntheticDataset({ count: 50 }), { ...everything, random: new Random(seed) });
    return weightsAfter(trainable, history);
  };
  const first = await run(1);
  assert.deepEqual(first, await run(1));
  assert.notDeepEqual(first, await run(2));
});

Deno.test("fit() leaves nothing behind but what the network holds", async () => {
  const before = tf.memory().numTensors;
  const trainable = tinyTrainable(noisy);
  const built = tf.memory().numTensors;
  const dataset = syntheticDataset({ count: 40 });
  await fit(trainable, dataset, {
    ...everything,
    validation: dataset,
    earlyStopping: { patience: 1 },
    random: new Random(1),
  });
  assert.equal(tf.memory().numTensors, built);
  trainable.network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("fit() takes one plain SGD step exactly: θ − η·∂loss/∂θ, worked out by hand", async () => {
  // One pixel, two classes, no hidden layer: z = W·x + b with x the normalised pixel.
  const shape = { height: 1, width: 1, channels: 1 };
  const input = tf.input({ shape: [1, 1, 1] });
  const flat = tf.layers.flatten({ name: "features" }).apply(input) as tf.SymbolicTensor;
  const output = tf.layers.dense({ name: "logits", units: 2, kernelInitializer: "zeros" }).apply(flat);
  const network = tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
  const normalization = { mean: [0], deviation: [1] };
  const trainable: Trainable = { network, featureLayer: "features", classNames: ["a", "b"], normalization };
  const dataset: Dataset = {
    name: "two pixels",
    images: memoryImages(Uint8Array.of(255, 51), shape),
    labels: Int32Array.of(0, 1),
    classNames: ["a", "b"],
    checksum: "",
  };
  const { epochs } = await fit(trainable, dataset, {
    steps: 1,
    optimizer: "sgd",
    learningRate: 1,
    classWeights: [1, 3],
    labelSmoothing: 0.2,
    random: new Random(1),
  });
  // Both logits are 0, so softmax is ½; targets are (0.9, 0.1) and (0.1, 0.9).
  // ∂loss/∂z: image 1: 1·(½ − 0.9, ½ − 0.1)/2 = (−0.2, 0.2); image 2: 3·(½ − 0.1, ½ − 0.9)/2 = (0.6, −0.6).
  // Pixels 1 and 0.2: ∂/∂W = (−0.2 + 0.12, 0.2 − 0.12) = (−0.08, 0.08); ∂/∂b = (0.4, −0.4).
  const [kernel, bias] = [...(await readWeights(network)).values()].map(({ data }) => [...data]);
  const expected = [[0.08, -0.08], [-0.4, 0.4]];
  [kernel, bias].forEach((values, row) =>
    values.forEach((value, place) => assert.ok(Math.abs(value - expected[row][place]) < 1e-6, `${kernel} ${bias}`))
  );
  assert.ok(Math.abs(epochs[0].loss - 2 * Math.LN2) < 1e-6); // (1·ln 2 + 3·ln 2) / 2
  network.dispose();
});

Deno.test("fit() clips gradients by their joint norm", async () => {
  const change = async (clipNorm?: number) => {
    const trainable = tinyTrainable();
    const before = [...(await readWeights(trainable.network)).values()].map(({ data }) => data);
    const history = fit(trainable, syntheticDataset({ count: 16 }), {
      steps: 1,
      optimizer: "sgd",
      learningRate: 1,
      clipNorm,
      random: new Random(1),
    });
    const after = await weightsAfter(trainable, history);
    return Math.hypot(...after.flatMap((data, index) => [...data].map((value, place) => value - before[index][place])));
  };
  assert.ok(await change() > 0.1);
  assert.ok(Math.abs(await change(0.05) - 0.05) < 1e-4);
});

Deno.test("fit() sees every image once an epoch, the last partial batch included", async () => {
  const trainable = tinyTrainable();
  const whole = syntheticDataset({ count: 21 });
  const seen: number[] = [];
  const dataset: Dataset = {
    ...whole,
    images: {
      ...whole.images,
      read(indices) {
        seen.push(...Array.from(indices));
        return whole.images.read(indices);
      },
    },
  };
  trainable.normalization = { mean: [0.5], deviation: [0.25] };
  const { steps } = await fit(trainable, dataset, { epochs: 2, batchSize: 8, random: new Random(1) });
  assert.equal(steps, 6);
  const every = Array.from({ length: 21 }, (_, index) => index);
  assert.deepEqual(seen.slice(0, 21).toSorted((a, b) => a - b), every);
  assert.deepEqual(seen.slice(21).toSorted((a, b) => a - b), every);
  assert.notDeepEqual(seen.slice(0, 21), seen.slice(21));
  trainable.network.dispose();
});

Deno.test("fit() trains for a number of steps, the last epoch cut short", async () => {
  const trainable = tinyTrainable();
  const history = await fit(trainable, syntheticDataset({ count: 40 }), {
    steps: 7,
    batchSize: 8,
    learningRate: cosineDecay(0.01),
    random: new Random(1),
  });
  assert.equal(history.steps, 7);
  assert.equal(history.epochs.length, 2);
  assert.ok(Math.abs((history.epochs[0].learningRate) - cosineDecay(0.01)(4, 7)) < 1e-12);
  trainable.network.dispose();
});

Deno.test("fit() stops early and restores the weights of the best epoch", async () => {
  // Validation labels are shifted by one class: the better it learns, the worse it looks.
  const train = syntheticDataset({ count: 48 });
  const contrary: Dataset = { ...train, labels: train.labels.map((label) => (label + 1) % 3) };
  const trainable = new NetworkClassifier(tinyTrainable());
  const history = await trainable.fit(train, {
    epochs: 50,
    batchSize: 16,
    learningRate: 0.01,
    validation: contrary,
    earlyStopping: { patience: 3 },
    random: new Random(1),
  });
  assert.equal(history.stopped, "early");
  assert.equal(history.epochs.length, history.bestEpoch + 3);
  const losses = history.epochs.map(({ validationLoss = NaN }) => validationLoss);
  assert.equal(Math.min(...losses), losses[history.bestEpoch - 1]);
  const { loss } = await trainable.evaluate(contrary);
  assert.ok(Math.abs(loss - losses[history.bestEpoch - 1]) < 1e-5);
  await trainable.dispose();
});

Deno.test("fit() stops within one step of an abort, and leaves a network that works", async () => {
  const trainable = new NetworkClassifier(tinyTrainable());
  const dataset = syntheticDataset({ count: 64 });
  const controller = new AbortController();
  let stepsAtAbort = 0;
  const images: Dataset["images"] = {
    ...dataset.images,
    read(indices) {
      stepsAtAbort++;
      if (stepsAtAbort === 6) setTimeout(() => controller.abort());
      return dataset.images.read(indices);
    },
  };
  trainable.normalization = { mean: [0.5], deviation: [0.25] };
  const history = await trainable.fit({ ...dataset, images }, {
    epochs: 10_000,
    batchSize: 16,
    signal: controller.signal,
    random: new Random(1),
  });
  assert.equal(history.stopped, "aborted");
  assert.ok(history.steps >= 5 && history.steps < 1000, `${history.steps}`);
  assert.equal(history.bestEpoch, history.epochs.length);
  assert.ok(Number.isFinite((await trainable.evaluate(dataset)).loss));
  await trainable.dispose();
});

Deno.test("fit() makes no step once its signal is aborted", async () => {
  const trainable = tinyTrainable();
  const history = await fit(trainable, syntheticDataset({ count: 8 }), {
    signal: AbortSignal.abort(),
    random: new Random(1),
  });
  assert.deepEqual([history.steps, history.stopped, history.bestEpoch], [0, "aborted", 0]);
  trainable.network.dispose();
});

Deno.test("fit() tells its listener of a beginning, of progress and of one end", async () => {
  const trainable = tinyTrainable();
  const events: ProgressEvent[] = [];
  const records: number[] = [];
  const dataset = syntheticDataset({ count: 20 });
  await fit(trainable, dataset, {
    epochs: 2,
    batchSize: 8,
    validation: dataset,
    random: new Random(1),
    onProgress: (event) => events.push(event),
    onEpoch: ({ epoch }) => records.push(epoch),
  });
  assert.deepEqual(records, [1, 2]);
  assert.deepEqual(events[0], { kind: "begin", task: "fit", total: 40, unit: "images" });
  const last = events.at(-1);
  assert.ok(last?.kind === "finish" && last.outcome === "done");
  const advances = events.filter((event) => event.kind === "advance");
  assert.equal(advances.at(-1)?.done, 40);
  assert.deepEqual(Object.keys(advances.at(-1)?.metrics ?? {}), [
    "epoch",
    "loss",
    "accuracy",
    "validationLoss",
    "validationAccuracy",
    "imagesPerSecond",
  ]);
  trainable.network.dispose();
});

Deno.test("fit() takes the normalization from its training images, unless it is fixed", async () => {
  const dataset = syntheticDataset({ count: 12, channels: 3, side: 4 });
  const free = tinyTrainable({ channels: 3, side: 4 });
  await fit(free, dataset, { steps: 1, random: new Random(1) });
  assert.equal(free.normalization?.mean.length, 3);
  const fixed = { mean: [0.1, 0.2, 0.3], deviation: [1, 1, 1] };
  const pretrained: Trainable = { ...tinyTrainable({ channels: 3, side: 4 }), normalization: fixed };
  await fit(pretrained, dataset, { steps: 1, random: new Random(1) });
  assert.equal(pretrained.normalization, fixed);
  free.network.dispose();
  pretrained.network.dispose();
});

Deno.test("fit() leaves frozen layers as they are", async () => {
  const trainable = tinyTrainable();
  trainable.network.getLayer("conv1").trainable = false;
  const before = await readWeights(trainable.network);
  await fit(trainable, syntheticDataset({ count: 16 }), { steps: 2, random: new Random(1) });
  const after = await readWeights(trainable.network);
  assert.deepEqual(after.get("conv1/kernel"), before.get("conv1/kernel"));
  assert.notDeepEqual(after.get("logits/kernel"), before.get("logits/kernel"));
  trainable.network.dispose();
});

Deno.test("fit() gives up with a DivergenceError when the loss is no number, and says at which step", async () => {
  const before = tf.memory().numTensors;
  const trainable = tinyTrainable();
  const events: ProgressEvent[] = [];
  await assert.rejects(
    fit(trainable, syntheticDataset({ count: 16 }), {
      epochs: 50,
      optimizer: "sgd",
      learningRate: 1e30,
      random: new Random(1),
      onProgress: (event) => events.push(event),
    }),
    (error) => {
      assert.ok(error instanceof DivergenceError);
      assert.match(error.message, /at step \d+ .*lower the learning rate/);
      assert.ok(error.place.step >= 2);
      return true;
    },
  );
  const last = events.at(-1);
  assert.ok(last?.kind === "finish" && last.outcome === "failed");
  trainable.network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("fit() refuses what does not fit together, and says what to change", async () => {
  const trainable = tinyTrainable();
  const dataset = syntheticDataset({ count: 6 });
  const random = new Random(1);
  const refused = (given: Dataset, options: Partial<FitOptions>, message: RegExp) =>
    assert.rejects(fit(trainable, given, { random, ...options }), message);
  await refused(subset(dataset, []), {}, /at least one image: "synthetic 1" is empty/);
  await refused(syntheticDataset({ count: 6, side: 9 }), {}, /must be 8×8×1.*current value is 9×9×1/);
  await refused(syntheticDataset({ count: 6, classes: 2 }), {}, /3 outputs, 3 class names and 2 classes/);
  await refused({ ...dataset, labels: dataset.labels.map((label) => label + 1) }, {}, /label must be in 0…2.*is 3/);
  await refused({ ...dataset, labels: dataset.labels.slice(1) }, {}, /6 images and 5 labels/);
  await refused(dataset, { validation: syntheticDataset({ count: 6, side: 9 }) }, /validation.*8×8×1/);
  await refused(dataset, { earlyStopping: {} }, /Give `validation` to fit/);
  await refused(dataset, { epochs: 1, steps: 1 }, /length must be given once/);
  await refused(dataset, { batchSize: 0 }, /batchSize must be a positive integer: current value is 0/);
  await refused(dataset, { epochs: 1.5 }, /epochs must be a positive integer: current value is 1.5/);
  await refused(dataset, { labelSmoothing: 1 }, /labelSmoothing must be in \[0, 1\)/);
  await refused(dataset, { clipNorm: 0 }, /clipNorm must be above 0/);
  const half = "float16" as "bfloat16";
  await refused(dataset, { precision: half }, /precision must be "float32" or "bfloat16": current value is "float16"/);
  trainable.network.dispose();
});
