import assert from "node:assert/strict";
import { matrix, memoryImages, onlineStream, permutedStream, Random, rotatedStream, splitStream } from "curio";
import { exampleCount } from "../../lib/continual/examples_at.ts";
import { unitsFor } from "../../lib/continual/stream.ts";
import { gaussianFeatures } from "../learning/gaussian_features.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";

const images = { train: syntheticDataset({ count: 24, classes: 4 }), test: syntheticDataset({ count: 8, classes: 4 }) };
const features = {
  train: gaussianFeatures({ count: 24, classes: 4 }),
  test: gaussianFeatures({ count: 8, classes: 4, seed: 2 }),
};

for (const [kind, source] of Object.entries({ images, embeddings: features })) {
  Deno.test(`splitStream() gives each experience of ${kind} its classes, each example once`, () => {
    const stream = splitStream(source, { scenario: "class", experiences: 2, classOrder: [3, 1, 0, 2] });
    assert.deepEqual(stream.experiences.map(({ units }) => units), [[3, 1], [0, 2]]);
    assert.deepEqual([...new Set(stream.experiences[0].train.labels)].sort(), [1, 3]);
    assert.deepEqual(stream.experiences.map(({ train }) => exampleCount(train)), [12, 12]);
    assert.deepEqual(stream.experiences.map(({ test }) => exampleCount(test)), [4, 4]);
  });
}

Deno.test("splitStream() keeps rows with their labels", () => {
  const { train } = splitStream(features, { scenario: "class", experiences: 4 }).experiences[2];
  const { train: { labels, features: { columns, data } } } = features;
  assert.ok("features" in train);
  const wanted = [...labels.keys()].filter((index) => labels[index] === 2);
  wanted.forEach((index, place) =>
    assert.deepEqual(
      train.features.data.slice(place * columns, (place + 1) * columns),
      data.slice(index * columns, (index + 1) * columns),
    )
  );
});

Deno.test("splitStream() draws another order of classes from another seed, and the same from the same", () => {
  const order = (seed: number) =>
    splitStream(images, { scenario: "class", experiences: 4, random: new Random(seed) }).experiences.map(({ units }) =>
      units[0]
    );
  assert.deepEqual(order(1), order(1));
  assert.ok([2, 3, 4].some((seed) => order(seed).join() !== order(1).join()));
});

Deno.test("scenarios differ in what competes: a head, shared units, or all classes seen so far", () => {
  const units = (scenario: "task" | "domain" | "class", of: number, seen: number) =>
    unitsFor(splitStream(images, { scenario, experiences: 2 }), { of, seen });
  assert.deepEqual(units("task", 0, 1), [0, 1]);
  assert.deepEqual(units("domain", 1, 1), [0, 1]);
  assert.deepEqual(units("class", 0, 0), [0, 1]);
  assert.deepEqual(units("class", 0, 1), [0, 1, 2, 3]);
  assert.deepEqual(units("class", 0, -1), [0, 1, 2, 3]);
});

Deno.test("splitStream() refuses experiences that do not divide the classes, and orders that are none", () => {
  assert.throws(() => splitStream(images, { scenario: "class", experiences: 3 }), /must divide the 4 classes/);
  for (const classOrder of [[0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 4]]) {
    assert.throws(() => splitStream(images, { scenario: "class", experiences: 2, classOrder }), RangeError);
  }
});

const corner = {
  name: "corner",
  // 1 2
  // 3 4
  images: memoryImages(Uint8Array.of(1, 2, 3, 4), { height: 2, width: 2, channels: 1 }),
  labels: Int32Array.of(0),
  classNames: ["corner", "other"],
  checksum: "00",
};

Deno.test("rotatedStream() turns anticlockwise about the middle", async () => {
  const { experiences } = rotatedStream({ train: corner, test: corner }, { degrees: [0, 90, 180] });
  const read = async (number: number) => {
    const { train } = experiences[number];
    assert.ok("images" in train);
    return [...await train.images.read([0])];
  };
  assert.deepEqual(await read(0), [1, 2, 3, 4]);
  assert.deepEqual(await read(1), [2, 4, 1, 3]);
  assert.deepEqual(await read(2), [4, 3, 2, 1]);
});

Deno.test("rotatedStream() fills with 0 what comes in from outside, and refuses embeddings", async () => {
  const line = { ...corner, images: memoryImages(Uint8Array.of(1, 2, 3), { height: 1, width: 3, channels: 1 }) };
  const { experiences: [{ train }] } = rotatedStream({ train: line, test: line }, { degrees: [90] });
  assert.ok("images" in train);
  assert.deepEqual([...await train.images.read([0])], [0, 2, 0]);
  assert.throws(() => rotatedStream(features, { degrees: [90] }), /Cannot rotate embeddings/);
});

Deno.test("permutedStream() moves pixels alike in training and test images, channels with their pixel", async () => {
  const source = {
    train: syntheticDataset({ count: 3, channels: 3 }),
    test: syntheticDataset({ count: 3, channels: 3 }),
  };
  const { experiences } = permutedStream(source, { experiences: 3, random: new Random(1) });
  const pixels = async (number: number, part: "train" | "test") => {
    const examples = experiences[number][part];
    assert.ok("images" in examples);
    const bytes = await examples.images.read([1]);
    return Array.from({ length: bytes.length / 3 }, (_, pixel) => bytes.slice(3 * pixel, 3 * pixel + 3).join());
  };
  const [before, first, second] = [await pixels(0, "train"), await pixels(1, "train"), await pixels(2, "train")];
  assert.deepEqual(await pixels(1, "test"), first);
  assert.notDeepEqual(first, before);
  assert.notDeepEqual(first, second);
  assert.deepEqual(first.toSorted(), before.toSorted());
});

Deno.test("permutedStream() permutes features, and gives heads where tasks are known", () => {
  const rows = {
    name: "rows",
    features: matrix([[1, 2, 3, 4, 5, 6, 7, 8]]),
    labels: Int32Array.of(1),
    classNames: ["a", "b"],
    checksum: "00",
  };
  const options = { experiences: 2, random: new Random(1), scenario: "task" } as const;
  const { experiences, classNames } = permutedStream({ train: rows, test: rows }, options);
  const [, { train, units }] = experiences;
  assert.ok("features" in train);
  assert.deepEqual([...train.features.data].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...train.labels], [3]);
  assert.deepEqual(units, [2, 3]);
  assert.deepEqual(classNames, ["a, as it was", "b, as it was", "a, permutation 1", "b, permutation 1"]);
});

Deno.test("onlineStream() cuts every experience into small ones, each example once", () => {
  const stream = splitStream(features, { scenario: "class", experiences: 2 });
  const online = onlineStream(stream, { size: 5, random: new Random(1) });
  assert.deepEqual(online.experiences.map(({ train }) => exampleCount(train)), [5, 5, 2, 5, 5, 2]);
  const sum = (parts: typeof stream.experiences) =>
    parts.flatMap(({ train }) => "features" in train ? [...train.features.data] : []).sort((a, b) => a - b);
  assert.deepEqual(sum(online.experiences), sum(stream.experiences));
});
