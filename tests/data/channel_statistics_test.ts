import assert from "node:assert/strict";
import fc from "fast-check";
import { channelStatistics, memoryImages, Random } from "curio";

const shape = { height: 1, width: 2, channels: 3 } as const;

Deno.test("channelStatistics() gives mean and deviation per channel, on the scale 0…1", async () => {
  // numpy: x = [[51, 0, 7], [153, 255, 7]] / 255; x.mean(0), x.std(0); the constant channel has deviation 1
  const images = memoryImages(Uint8Array.of(51, 0, 7, 153, 255, 7), shape);
  const { mean, deviation } = await channelStatistics({ images });
  assert.deepEqual(mean, [0.4, 0.5, 7 / 255]);
  assert.deepEqual(deviation, [0.2, 0.5, 1]);
});

Deno.test("channelStatistics() does not depend on the order of the images, to the last bit", async () => {
  const anImage = fc.uint8Array({ minLength: 6, maxLength: 6 });
  await fc.assert(fc.asyncProperty(fc.array(anImage, { minLength: 1, maxLength: 40 }), async (images) => {
    const statisticsOf = (list: Uint8Array[]) =>
      channelStatistics({ images: memoryImages(Uint8Array.from(list.flatMap((image) => [...image])), shape) });
    assert.deepEqual(await statisticsOf(images), await statisticsOf(images.toReversed()));
  }));
});

Deno.test("channelStatistics() reads large datasets in batches", async () => {
  const bytes = new Uint8Array(6 * 1000).fill(100, 0, 6 * 500);
  const images = memoryImages(bytes, shape);
  const largest: number[] = [];
  const watched = {
    ...images,
    read: (indices: ArrayLike<number>) => {
      largest.push(indices.length);
      return images.read(indices);
    },
  };
  const { mean } = await channelStatistics({ images: watched });
  assert.deepEqual(mean, [50 / 255, 50 / 255, 50 / 255]);
  assert.ok(Math.max(...largest) <= 256 && largest.length > 1);
});

Deno.test("channelStatistics() of a sample looks at that many images: the first, or seeded random ones", async () => {
  const bytes = new Uint8Array(6 * 100).fill(255, 0, 6 * 50);
  const dataset = { images: memoryImages(bytes, shape) };
  assert.equal((await channelStatistics(dataset, { sample: 50 })).mean[0], 1);
  const sampled = () => channelStatistics(dataset, { sample: 50, random: new Random(1) });
  assert.deepEqual(await sampled(), await sampled());
  assert.ok((await sampled()).mean[0] < 0.9);
  await assert.rejects(channelStatistics(dataset, { sample: 101 }), /1…100: current value is 101/);
  await assert.rejects(channelStatistics(dataset, { sample: 0 }), RangeError);
});
