import assert from "node:assert/strict";
import sharp from "sharp";
import { enlargedPng } from "../../lib/report/enlarged_png.ts";

Deno.test("enlargedPng() makes squares of pixels, in grey and in colour, also where sizes are no multiples", async () => {
  for (const channels of [1, 3] as const) {
    const pixels = Uint8Array.from({ length: 2 * 2 * channels }, (_, at) => 20 * at);
    const png = enlargedPng(pixels, { shape: { height: 2, width: 2, channels }, width: 5, height: 3 });
    const decoded = sharp(png).toColourspace(channels === 1 ? "b-w" : "srgb").raw();
    const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [5, 3, channels]);
    // The middle of each of five columns lies in 0, 0, 1, 1, 1 of two; of three rows in 0, 1, 1.
    const expected = [0, 1, 1].flatMap((row) =>
      [0, 0, 1, 1, 1].flatMap((column) => {
        const at = (2 * row + column) * channels;
        return [...pixels.subarray(at, at + channels)];
      })
    );
    assert.deepEqual([...data], expected);
  }
});
