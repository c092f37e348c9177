import assert from "node:assert/strict";
import { type Dataset, memoryImages, resized } from "curio";

function ramp(channels: 1 | 3): Dataset {
  const pixels = new Uint8Array(2 * 4 * 6 * channels).map((_, place) => Math.floor(place / channels) * 5 % 256);
  return {
    name: "ramp",
    images: memoryImages(pixels, { height: 4, width: 6, channels }),
    labels: Int32Array.of(0, 1),
    classNames: ["one", "other"],
    checksum: "00",
  };
}

Deno.test("resized() makes of grey images what it makes of the same in three colours", async () => {
  const [grey, colour] = [resized(ramp(1), { crop: 5 }), resized(ramp(3), { crop: 5 })];
  assert.deepEqual(grey.images.shape, { height: 5, width: 5, channels: 1 });
  const [one, three] = [await grey.images.read([1, 0]), await colour.images.read([1, 0])];
  assert.deepEqual(three, Uint8Array.from(three, (_, place) => one[Math.floor(place / 3)]));
});

Deno.test("resized() doubles a row as Pillow does", async () => {
  const row: Dataset = {
    ...ramp(1),
    images: memoryImages(Uint8Array.of(0, 100, 50, 150), { height: 2, width: 2, channels: 1 }),
    labels: Int32Array.of(0),
  };
  // Image.frombytes("L", (2, 2), bytes([0, 100, 50, 150])).resize((4, 4), Image.Resampling.BILINEAR).tobytes()
  const expected = [0, 25, 75, 100, 13, 38, 88, 113, 38, 63, 113, 138, 50, 75, 125, 150];
  assert.deepEqual([...await resized(row, { crop: 4 }).images.read([0])], expected);
});

Deno.test("resized() is another dataset for another size, and refuses indices that are not there", async () => {
  const whole = ramp(1);
  const sums = new Set([whole, resized(whole, { crop: 8 }), resized(whole, { crop: 9 })].map((each) => each.checksum));
  assert.equal(sums.size, 3);
  await assert.rejects(resized(whole, { crop: 8 }).images.read([2]), RangeError);
  assert.throws(() => resized(whole, { crop: 0 }), /crop must be an integer/);
});
