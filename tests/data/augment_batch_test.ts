import assert from "node:assert/strict";
import fc from "fast-check";
import { type Augmentation, augmentBatch, Random } from "curio";

const shape = { height: 3, width: 4, channels: 2 } as const;
const size = 3 * 4 * 2;
const batch = Uint8Array.from({ length: 500 * size }, (_, index) => 1 + index % 250);

const imagesOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / size }, (_, image) => bytes.subarray(image * size, (image + 1) * size));

/** The pixel of an image at (y, x), or `outside` where there is none. */
const pixel = (image: Uint8Array, y: number, x: number, outside: number[]) =>
  y < 0 || y >= 3 || x < 0 || x >= 4 ? outside : [...image.subarray((y * 4 + x) * 2, (y * 4 + x) * 2 + 2)];

/** An image whose pixel (y, x) is `at(y, x)`. */
const draw = (at: (y: number, x: number) => number[]) =>
  Uint8Array.from([0, 1, 2].flatMap((y) => [0, 1, 2, 3].flatMap((x) => at(y, x))));

const augment = (options: Augmentation, seed = 1) =>
  augmentBatch(batch, shape, { ...options, random: new Random(seed) });

/** Checks that every image became one of its possible versions, and that every version came up. */
function assertVersions(options: Augmentation, versionsOf: (image: Uint8Array) => Uint8Array[]) {
  const originals = imagesOf(batch);
  const seen = new Set<number>();
  imagesOf(augment(options)).forEach((image, place) => {
    const version = versionsOf(originals[place]).findIndex((candidate) => candidate.every((v, i) => v === image[i]));
    assert.ok(version >= 0, `image ${place} became ${image}`);
    seen.add(version);
  });
  assert.equal(seen.size, versionsOf(originals[0]).length);
}

const steps = (reach: number) => Array.from({ length: 2 * reach + 1 }, (_, place) => place - reach);

const clamp = (place: number, count: number) => Math.min(Math.max(place, 0), count - 1);

Deno.test("augmentBatch() without options changes nothing, and gives new memory", () => {
  const same = augment({});
  assert.deepEqual(same, batch);
  assert.notEqual(same.buffer, batch.buffer);
});

Deno.test("augmentBatch() flips left and right half of the time", () => {
  assertVersions({ flip: true }, (image) => [image, draw((y, x) => pixel(image, y, 3 - x, []))]);
  const flipped = imagesOf(augment({ flip: true })).filter((image, place) => image[0] !== batch[place * size]).length;
  assert.ok(Math.abs(flipped - 250) < 56, `${flipped} of 500`); // five standard deviations of the binomial
});

Deno.test("augmentBatch() shifts by up to so many pixels each way, repeating the border", () => {
  assertVersions(
    { shift: 1 },
    (image) =>
      steps(1).flatMap((down) =>
        steps(1).map((right) => draw((y, x) => pixel(image, clamp(y - down, 3), clamp(x - right, 4), [])))
      ),
  );
});

Deno.test("augmentBatch() crops out of an image surrounded by the fill", () => {
  assertVersions(
    { crop: 2, fill: [7, 9] },
    (image) =>
      steps(2).flatMap((top) => steps(2).map((left) => draw((y, x) => pixel(image, y + top, x + left, [7, 9])))),
  );
});

Deno.test("augmentBatch() cuts a square out whose centre is anywhere in the image", () => {
  for (const cutout of [1, 2, 3]) {
    const covers = (place: number, centre: number) =>
      place >= centre - Math.floor(cutout / 2) && place < centre - Math.floor(cutout / 2) + cutout;
    assertVersions(
      { cutout },
      (image) =>
        [0, 1, 2].flatMap((middle) =>
          [0, 1, 2, 3].map((centre) =>
            draw((y, x) => covers(y, middle) && covers(x, centre) ? [0, 0] : pixel(image, y, x, []))
          )
        ),
    );
  }
});

Deno.test("augmentBatch() is the same for the same seed, leaves its input alone, and does all at once", () => {
  const before = batch.slice();
  const all = { shift: 2, flip: true, crop: 1, cutout: 2, fill: [255, 255] };
  assert.deepEqual(augment(all, 5), augment(all, 5));
  assert.notDeepEqual(augment(all, 5), augment(all, 6));
  assert.deepEqual(batch, before);
});

Deno.test("augmentBatch() makes no pixel that is not in the image or the fill", () => {
  const options = fc.record({
    shift: fc.nat(2),
    flip: fc.boolean(),
    crop: fc.nat(5),
    cutout: fc.nat(9),
    seed: fc.integer(),
  });
  fc.assert(fc.property(options, ({ seed, ...options }) => {
    const image = batch.subarray(0, size);
    const known = new Set([...draw((y, x) => pixel(image, y, x, [])), 251, 252]);
    const changed = augmentBatch(image, shape, { ...options, fill: [251, 252], random: new Random(seed) });
    assert.ok(changed.every((value) => known.has(value)));
  }));
});

Deno.test("augmentBatch() refuses what is no shift, crop, cut-out, fill or batch", () => {
  assert.throws(() => augment({ shift: -1 }), /shift must be a non-negative integer: current value is -1/);
  assert.throws(() => augment({ crop: 0.5 }), /crop must be/);
  assert.throws(() => augment({ cutout: NaN }), /cutout must be/);
  assert.throws(() => augment({ shift: 3 }), /smaller than the image, 3×4: current value is 3/);
  assert.throws(() => augment({ fill: [0] }), /each of the 2 channels/);
  assert.throws(() => augment({ fill: [0, 256] }), RangeError);
  assert.throws(() => augmentBatch(new Uint8Array(25), shape, { random: new Random(0) }), /whole images of 24 bytes/);
});
