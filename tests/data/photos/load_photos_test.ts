import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { DataFormatError, loadPhotos, Random } from "curio";
import { sumOfFile } from "../../../lib/data/sum_of_file.ts";
import { killedAtRandom } from "../killed_at_random.ts";
import { putFiles, withFolder } from "../small_datasets.ts";
import { preprocessing as large } from "./resized_run.ts";
import { jpeg, plainPng } from "./sample_photos.ts";

const preprocessing = { crop: 3 };
const files: readonly (readonly [string, Uint8Array])[] = [
  ["a.jpg", plainPng([10, 20, 30])],
  ["deep/down.dat", plainPng([40, 50, 60])],
  ["z.jpeg", jpeg.bytes],
  ["cut.jpg", jpeg.bytes.subarray(0, 300)],
  ["page.png", new TextEncoder().encode("<html>")],
  ["notes.txt", new TextEncoder().encode("no photo, and nobody says so")],
  [".hidden.jpg", jpeg.bytes],
];

const cacheFiles = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? cacheFiles(join(folder, name)) : [join(folder, name)]
  );

Deno.test("loadPhotos() takes what is a photo by its content, and lists the others with the reason", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "photos"), files);
    for (const cache of [false, join(root, "cache"), join(root, "cache")] as const) {
      const photos = await loadPhotos(join(root, "photos"), { preprocessing, cache });
      assert.deepEqual(photos.files.map((file) => file.slice(root.length)), [
        "/photos/a.jpg",
        "/photos/deep/down.dat",
        "/photos/z.jpeg",
      ]);
      assert.deepEqual(photos.unreadable.map(({ file }) => file.slice(root.length)), [
        "/photos/cut.jpg",
        "/photos/page.png",
      ]);
      const bytes = await photos.images.read([1, 0, 1]);
      assert.deepEqual([bytes[0], bytes[27], bytes[54], bytes.length], [40, 10, 40, 81]);
      await assert.rejects(photos.images.read([3]), /must be an integer in 0…2: current value is 3/);
    }
  });
});

Deno.test("loadPhotos() refuses unreadable photos when it is asked to, naming one and the reason", async () => {
  await withFolder(async (root) => {
    await putFiles(root, files.filter(([name]) => name !== "cut.jpg"));
    await assert.rejects(
      loadPhotos(root, { preprocessing, cache: false, onUnreadable: "throw" }),
      (error) => {
        assert.ok(error instanceof DataFormatError);
        assert.match(error.message, /page\.png: it must be a photo: current value is it is an HTML page/);
        return true;
      },
    );
  });
});

Deno.test("loadPhotos() goes on with a cache that lost blocks, is cut, or holds an interrupted write", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "photos"), files);
    const cache = join(root, "cache");
    const load = () => loadPhotos(join(root, "photos"), { preprocessing, cache });
    const first = await load();
    const expected = await first.images.read([0, 1, 2]);
    const [block] = cacheFiles(cache).filter((path) => /\/[0-9a-f]{64}$/.test(path));
    const whole = await Deno.readFile(block);
    await Deno.writeFile(block, whole.subarray(0, whole.length - 5));
    await Deno.writeFile(`${block}.1.abc.partial`, whole.subarray(0, 9));
    const again = await load();
    assert.deepEqual(await again.images.read([0, 1, 2]), expected);
    assert.equal(again.checksum, first.checksum);
    await Deno.remove(cache, { recursive: true }); // while it is in use
    assert.deepEqual(await again.images.read([0, 1, 2]), expected);
  });
});

Deno.test("loadPhotos() in a process that is killed at random moments ends with the very same cache", async () => {
  await withFolder(async (root) => {
    const folder = join(root, "photos");
    await putFiles(
      folder,
      Array.from({ length: 20 }, (_, index) => [`${index}.png`, plainPng([index, 0, 255])] as const),
    );
    const blocks = async (cache: string) => {
      const paths = cacheFiles(cache).filter((path) => /^[0-9a-f]{64}$/.test(basename(path))).sort();
      return await Promise.all(paths.map(async (path) => [basename(path), await sumOfFile(path)]));
    };
    const whole = await loadPhotos(folder, { preprocessing: large, cache: join(root, "whole") });
    const expected = await blocks(join(root, "whole"));
    assert.equal(expected.length, 4);

    const cache = join(root, "killed");
    const found: number[] = [];
    await killedAtRandom(new URL("resized_run.ts", import.meta.url), {
      ...{ args: [folder, cache], kills: 2, lines: 2, random: new Random(1) },
      onKilled: async () => void found.push((await blocks(cache)).length),
    });
    assert.ok(found.some((count) => count > 0 && count < 4), `a kill between blocks: ${found} blocks were there`);
    assert.deepEqual(await blocks(cache), expected);
    assert.equal((await loadPhotos(folder, { preprocessing: large, cache })).checksum, whole.checksum);
  });
});

Deno.test("loadPhotos() notices that a photo has changed, and keeps squares of other sizes apart", async () => {
  await withFolder(async (root) => {
    const cache = join(root, "cache");
    const folder = join(root, "photos");
    await putFiles(folder, [["a.png", plainPng([1, 1, 1])]]);
    const old = await loadPhotos(folder, { preprocessing, cache });
    await putFiles(folder, [["a.png", plainPng([2, 2, 2])]]);
    const changed = await loadPhotos(folder, { preprocessing, cache });
    assert.notEqual(changed.checksum, old.checksum);
    assert.equal((await changed.images.read([0]))[0], 2);
    const larger = await loadPhotos(folder, { preprocessing: { crop: 5 }, cache });
    assert.equal((await larger.images.read([0])).length, 75);
  });
});

Deno.test("loadPhotos() twice at once gives both the same", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "photos"), files);
    const load = () => loadPhotos(join(root, "photos"), { preprocessing, cache: join(root, "cache") });
    const [one, other] = await Promise.all([load(), load()]);
    assert.equal(one.checksum, other.checksum);
    assert.deepEqual(await one.images.read([0, 1, 2]), await other.images.read([0, 1, 2]));
  });
});
