import assert from "node:assert/strict";
import { join } from "node:path";
import { dataFolders, findDuplicates, imageFolder, leakage, loadDataset, Random, subset } from "curio";
import { putFiles, withFolder } from "../small_datasets.ts";
import { plainPng } from "./sample_photos.ts";

const options = { preprocessing: { crop: 2 }, cache: false } as const;
const photos = (...paths: string[]) => paths.map((path, place) => [path, plainPng([place, 0, 0])] as const);

Deno.test("imageFolder() takes train, validation and test as they lie, and names the file of each image", async () => {
  await withFolder(async (root) => {
    await putFiles(
      join(root, "wrapped/pets"),
      photos("train/dog/1.png", "train/cat/2.png", "val/cat/3.png", "test/dog/4.png", "test/cat/5.png"),
    );
    const { train, validation, test, unreadable } = await imageFolder(root, options);
    assert.deepEqual(train.classNames, ["cat", "dog"]);
    const named = (files: readonly string[] = []) => files.map((file) => file.slice(file.lastIndexOf("pets") + 5));
    assert.deepEqual(named(train.files), ["train/cat/2.png", "train/dog/1.png"]);
    assert.deepEqual(named(validation?.files), ["val/cat/3.png"]);
    assert.deepEqual(test.labels, Int32Array.of(0, 1));
    assert.deepEqual(named(subset(test, [1]).files), ["test/dog/4.png"]);
    assert.deepEqual([...(await test.images.read([1])).subarray(0, 3)], [3, 0, 0]);
    assert.deepEqual(unreadable, []);
  });
});

Deno.test("imageFolder() splits Caltech's layout by class, with a seed, and leaves clutter out unless asked", async () => {
  await withFolder(async (root) => {
    const of = (folder: string) => Array.from({ length: 5 }, (_, n) => `${folder}/${folder.slice(0, 3)}_000${n}.png`);
    await putFiles(root, photos(...of("002.yo-yo"), ...of("001.ak47"), ...of("257.clutter")));
    const { train, test } = await imageFolder(root, options);
    assert.deepEqual(train.classNames, ["ak47", "yo-yo"]);
    assert.deepEqual([train.images.count, test.labels], [8, Int32Array.of(0, 1)]);
    const again = await imageFolder(root, options);
    assert.deepEqual(again.test.files, test.files);
    const all = await imageFolder(root, { ...options, clutter: true, sizes: { validation: 3 }, random: new Random(7) });
    assert.deepEqual(all.train.classNames, ["ak47", "yo-yo", "clutter"]);
    assert.deepEqual([all.train, all.validation, all.test].map((part) => part?.images.count), [9, 3, 3]);
  });
});

Deno.test("imageFolder() takes a folder for each class, wherever it lies", async () => {
  await withFolder(async (root) => {
    await putFiles(root, photos("a/fox/1.png", "a/fox/2.png", "b/1.png", "b/2.png"));
    const folders = { fox: join(root, "a/fox"), dog: join(root, "b") };
    const { train, test } = await imageFolder(folders, { ...options, sizes: { test: 0.5 } });
    assert.deepEqual([train.name, train.classNames, test.labels], ["fox and dog", ["fox", "dog"], Int32Array.of(0, 1)]);
  });
});

Deno.test("imageFolder() refuses folders without classes, and classes that occur in the test alone", async () => {
  await withFolder(async (root) => {
    await putFiles(root, photos("1.png", "2.png"));
    await assert.rejects(imageFolder(root, options), /must hold two folders or more, .*: current value is none/);
    await putFiles(root, photos("train/a/1.png", "test/a/2.png", "test/b/3.png"));
    await assert.rejects(imageFolder(root, options), /every class must have photos to train on: b has none/);
  });
});

Deno.test("loadDataset() finds any folder of photos by its name in a data folder", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "pets"), photos("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"));
    const { train } = await loadDataset("pets", { folders: [root], photos: { ...options, sizes: { test: 2 } } });
    assert.deepEqual([train.name, train.images.count], ["pets", 2]);
    await assert.rejects(loadDataset("cars", { folders: [root] }), /caltech-256, or that of a folder .* is "cars"/);
  });
});

const hasPhotos = dataFolders().some((folder) => {
  try {
    return Deno.statSync(join(folder, "fox-vs-dog")).isDirectory;
  } catch {
    return false;
  }
});

Deno.test({
  name: "loadDataset() loads real photos" + (hasPhotos ? "" : " (skipped: no data folder has fox-vs-dog)"),
  ignore: !hasPhotos,
  async fn() {
    const photos = { preprocessing: { crop: 32 }, cache: false } as const;
    const { train, test } = await loadDataset("fox-vs-dog", { download: false, photos });
    assert.deepEqual([train.classNames, train.images.count, test.images.count], [["dog", "fox"], 194, 48]);
  },
});

Deno.test("findDuplicates() finds what was made a little brighter, and not what only has the same background", async () => {
  await withFolder(async (root) => {
    await putFiles(root, [
      ["train/a/1.png", plainPng([200, 10, 10])],
      ["train/b/2.png", plainPng([10, 10, 200])],
      ["test/a/3.png", plainPng([203, 13, 13])],
      ["test/b/4.png", plainPng([10, 10, 200])],
    ]);
    const { train, test } = await imageFolder(root, options);
    const found = await findDuplicates({ train, test });
    const pairs = found.map(({ images, kind, disagree }) => [...images.map(({ index }) => index), kind, disagree]);
    assert.deepEqual(pairs, [[0, 0, "near", false], [1, 1, "exact", false]]);
    assert.equal(
      leakage(found, { train, test }),
      "Leakage: 2 of 2 images (100 %) of test are in train too, 1 of them pixel by pixel. " +
        "Take them out before you compare.",
    );
    assert.equal(leakage([], { train, test }), undefined);
    await assert.rejects(findDuplicates({ train }, { distance: 8 }), /an integer in 0…7: current value is 8/);
  });
});
