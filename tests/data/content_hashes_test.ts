import assert from "node:assert/strict";
import { contentHashes, type Dataset, memoryImages, resized, subset } from "curio";
import { joinInstances } from "../../lib/learning/instances.ts";

const shape = { height: 2, width: 2, channels: 1 };
const images = memoryImages(Uint8Array.from({ length: 4 * 2000 }, (_, place) => place * 7 ^ place >> 6), shape);
const dataset: Dataset = {
  name: "made up",
  images,
  labels: new Int32Array(2000),
  classNames: ["one"],
  checksum: "00",
};

Deno.test("contentHashes() knows an image in any subset, in any size and in any order", async () => {
  const all = await contentHashes(images);
  const chosen = [1999, 3, 3, 700];
  const expected = BigUint64Array.from(chosen, (index) => all[index]);
  assert.deepEqual(await contentHashes(subset(dataset, chosen).images), expected);
  assert.deepEqual(await contentHashes(resized(subset(dataset, chosen), { crop: 5 }).images), expected);
  const large = resized(dataset, { crop: 5 });
  assert.deepEqual(await contentHashes(subset(subset(large, [0, 1999, 3, 700]), [1, 2, 2, 3]).images), expected);
});

Deno.test("contentHashes() knows images in a source that someone else wrote", async () => {
  const copy = { count: images.count, shape, read: images.read };
  assert.deepEqual(await contentHashes(copy), await contentHashes(images));
  const joined = joinInstances(subset(dataset, [5]).images, subset(dataset, [9]).images);
  const all = await contentHashes(images);
  assert.deepEqual(await contentHashes(joined), BigUint64Array.of(all[5], all[9]));
});

Deno.test("contentHashes() of nothing is nothing", async () => {
  assert.equal((await contentHashes(subset(dataset, []).images)).length, 0);
});
