import assert from "node:assert/strict";
import { join } from "node:path";
import { imageFolder, inspectPhotos } from "curio";
import { putFiles, withFolder } from "../small_datasets.ts";
import { jpeg, plainPng } from "./sample_photos.ts";

const options = { preprocessing: { crop: 2 }, sizes: { test: 0 }, cache: false } as const;
/** Exact ones only: photos of one colour all look alike. */
const exact = { distance: 0, tolerance: -1 };

Deno.test("inspectPhotos() says of each class how many photos it has, how large they are and of which kind", async () => {
  await withFolder(async (root) => {
    await putFiles(root, [
      ["dog/1.jpg", jpeg.bytes], // 12×8
      ["dog/2.png", plainPng([1, 0, 0])],
      ["dog/3.png", plainPng([2, 0, 0])],
      ["fox/1.jpg", jpeg.bytes.slice(0, 200)],
      ["fox/2.png", plainPng([3, 0, 0])],
    ]);
    const { train, unreadable } = await imageFolder(root, options);
    assert.deepEqual(unreadable.map(({ file }) => file), [join(root, "fox/1.jpg")]);
    const { classes: [dog, fox], photos } = await inspectPhotos(train, exact);
    const side = photos[1].width;
    assert.deepEqual([dog.className, dog.photos, dog.share, dog.formats], ["dog", 3, 0.75, ["PNG", "JPEG"]]);
    assert.deepEqual([dog.leastSide, dog.mostSide, dog.medianWidth], [Math.min(side, 8), Math.max(side, 12), side]);
    assert.deepEqual([photos[0].width, photos[0].height, photos[0].bytes], [12, 8, jpeg.bytes.length]);
    assert.deepEqual([fox.photos, fox.medianBytes], [1, plainPng([3, 0, 0]).length]);
  });
});

Deno.test("inspectPhotos() keeps one of photos that are the same, and none whose classes contradict", async () => {
  await withFolder(async (root) => {
    const [red, blue, green] = [plainPng([9, 0, 0]), plainPng([0, 0, 9]), plainPng([0, 9, 0])];
    await putFiles(root, [
      ["dog/1.png", red],
      ["dog/2.png", red],
      ["dog/3.png", blue],
      ["fox/1.png", blue],
      ["fox/2.png", green],
      ["fox/3.png", red.slice()],
      ["fox/4.png", green],
    ]);
    const { train } = await imageFolder(root, options);
    const { duplicates, keep, classes } = await inspectPhotos(train, exact);
    // Reds 0, 1, 5 and blues 2, 3 are of both classes; greens 4, 6 are one fox.
    assert.deepEqual(keep, Int32Array.of(4));
    assert.deepEqual(classes.map(({ duplicated }) => duplicated), [3, 4]);
    assert.deepEqual(
      duplicates.filter(({ disagree }) => !disagree).map(({ indices }) => indices),
      [[0, 1], [4, 6]],
    );
  });
});
