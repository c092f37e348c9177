import assert from "node:assert/strict";
import type { Interpolation } from "curio";
import { photoSquare, resizePlan } from "../../../lib/data/photos/photo_square.ts";
import { shortSum } from "./sample_photos.ts";

const [width, height] = [83, 57];
const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
  const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
  return [x * 7 + y * 3, x * y, Math.floor(x * x / 5) + y * 11][at % 3];
});

Deno.test("photoSquare() gives the very bytes of Pillow's resize and torchvision's centre crop", () => {
  // SHA-256 of Image.resize(…).crop(…) of the same pixels with Pillow 13, larger and smaller, with odd margins.
  const expected: Record<Interpolation, readonly string[]> = {
    bilinear: ["ad93aeb15971461d", "1de9c5e0e01432e3", "72e3222f17b9b580"],
    bicubic: ["5e52aa1ee7f73abe", "68e3282db3f19b79", "8216fb95eba86f5b"],
    lanczos: ["584b0c214eb2b38f", "c281ff5018d548e7", "04dd985055fc274f"],
  };
  for (const interpolation of Object.keys(expected) as Interpolation[]) {
    const sums = ([[16, 20], [64, 70], [24, "stretch"]] as const).map(([crop, resize]) =>
      shortSum(photoSquare({ width, height, data }, resizePlan({ crop, resize, interpolation })))
    );
    assert.deepEqual(sums, expected[interpolation], interpolation);
  }
});

Deno.test("photoSquare() leaves a square of the right size alone, and spreads a single pixel", () => {
  const pixels = { width: 2, height: 2, data: Uint8Array.from({ length: 12 }, (_, at) => at) };
  assert.deepEqual(photoSquare(pixels, resizePlan({ crop: 2 })), pixels.data);
  const one = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) };
  assert.deepEqual(photoSquare(one, resizePlan({ crop: 2 })), Uint8Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3));
});

Deno.test("resizePlan() refuses sizes that cannot be", () => {
  assert.throws(() => resizePlan({ crop: 0 }), /crop must be an integer in 1…4096: current value is 0/);
  assert.throws(() => resizePlan({ crop: 8, resize: 7 }), /an integer in 8…4096: current value is 7/);
  const interpolation = "nearest" as Interpolation;
  assert.throws(() => resizePlan({ interpolation }), /one of bilinear, bicubic, lanczos: current value is "nearest"/);
});
