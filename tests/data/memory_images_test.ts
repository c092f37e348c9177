import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryImages } from "curio";

const shape = { height: 2, width: 3, channels: 1 } as const;

Deno.test("memoryImages() reads the images asked for, in that order, in memory of its own", async () => {
  const bytes = Uint8Array.from({ length: 18 }, (_, index) => index);
  const images = memoryImages(bytes, shape);
  assert.equal(images.count, 3);
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(2)), async (indices) => {
    const batch = await images.read(indices);
    assert.deepEqual([...batch], indices.flatMap((index) => [...bytes.subarray(6 * index, 6 * index + 6)]));
    batch.fill(255);
    assert.equal(bytes[17], 17);
  }));
});

Deno.test("memoryImages() refuses indices that it does not have", async () => {
  const images = memoryImages(new Uint8Array(18), shape);
  for (const index of [3, -1, 0.5, NaN]) {
    await assert.rejects(images.read([0, index]), /integer in 0…2: current value is .*, at place 1/);
  }
});

Deno.test("memoryImages() refuses bytes that are not whole images, and shapes that are none", () => {
  assert.throws(() => memoryImages(new Uint8Array(17), shape), /multiple of the 6 of one image: current value is 17/);
  assert.throws(() => memoryImages(new Uint8Array(0), { ...shape, width: 0 }), RangeError);
});
