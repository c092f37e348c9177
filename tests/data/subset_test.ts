import assert from "node:assert/strict";
import fc from "fast-check";
import { type Dataset, memoryImages, subset } from "curio";

const whole: Dataset = {
  name: "five",
  images: memoryImages(Uint8Array.of(10, 11, 12, 13, 14), { height: 1, width: 1, channels: 1 }),
  labels: Int32Array.of(0, 1, 2, 0, 1),
  classNames: ["a", "b", "c"],
  checksum: "5e",
};

const pixelsOf = async ({ images }: Dataset) => [
  ...await images.read(Int32Array.from({ length: images.count }, (_, index) => index)),
];

Deno.test("subset() shows the chosen images and labels, in the order chosen", async () => {
  const part = subset(whole, [4, 0, 4]);
  assert.equal(part.images.count, 3);
  assert.deepEqual(await pixelsOf(part), [14, 10, 14]);
  assert.deepEqual(part.labels, Int32Array.of(1, 0, 1));
  assert.deepEqual(part.classNames, whole.classNames);
});

Deno.test("subset() of a subset is the subset of the composed indices", async () => {
  const indices = fc.array(fc.nat(4), { minLength: 1 });
  await fc.assert(fc.asyncProperty(indices, fc.array(fc.nat()), async (outer, picks) => {
    const inner = picks.map((pick) => pick % outer.length);
    const twice = subset(subset(whole, outer), inner);
    const once = subset(whole, inner.map((place) => outer[place]));
    assert.deepEqual(await pixelsOf(twice), await pixelsOf(once));
    assert.deepEqual(twice.labels, once.labels);
  }));
});

Deno.test("subset() has a checksum of the whole and the indices", () => {
  const checksums = [[0, 1], [1, 0], [0], [0, 1, 1]].map((indices) => subset(whole, indices).checksum);
  assert.equal(new Set([...checksums, subset({ ...whole, checksum: "5f" }, [0, 1]).checksum]).size, 5);
  assert.equal(subset(whole, Int32Array.of(0, 1)).checksum, checksums[0]);
  // printf '5e\000\000\000\000\001\000\000\000' | sha256sum
  assert.equal(checksums[0], "087f0d4eca2fa4cf6022ccdc1be0a937640f113a5824ef9c6042c714dfaa93e6");
});

Deno.test("subset() refuses indices that are not in the dataset, also when reading", async () => {
  assert.throws(() => subset(whole, [5]), /0…4: current value is 5/);
  await assert.rejects(subset(whole, [0, 1]).images.read([2]), /0…1: current value is 2/);
});
