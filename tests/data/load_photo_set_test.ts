import assert from "node:assert/strict";
import { join } from "node:path";
import { DataFormatError } from "curio";
import { loadPhotoSet } from "../../lib/data/load_photo_set.ts";
import { photoCatalogue, type PhotoSet } from "../../lib/data/photo_catalogue.ts";
import { gzip } from "./idx_bytes.ts";
import { plainPng } from "./photos/sample_photos.ts";
import { putFiles, sha256Of, tarOf, withFolder } from "./small_datasets.ts";

const names = ["001.a/001_0001.jpg", "001.a/001_0002.jpg", "002.b/002_0001.jpg", "002.b/002_0002.jpg"];
const inner = await gzip(await tarOf(names.map((name, place) => [`objects/${name}`, plainPng([place, 0, 0])])));
const archive = await tarOf([["wrapped/inner.tar.gz", inner]]);

const options = {
  verify: true,
  photos: { preprocessing: { crop: 1 }, cache: false, sizes: { test: 2 } },
} as const;

const entryAt = (address: string): PhotoSet => ({
  ...photoCatalogue[0],
  name: "small",
  classes: 2,
  images: 4,
  folders: ["small"],
  archive: { name: "small.tar", addresses: [address], sha256: sha256Of(archive), inner: "inner.tar.gz" },
});

Deno.test("loadPhotoSet() downloads an archive, unpacks the one within it and gives the disk back", async () => {
  let requests = 0;
  const server = Deno.serve({ port: 0, onListen() {} }, () => {
    requests++;
    return new Response(archive.slice());
  });
  await withFolder(async (root) => {
    const entry = entryAt(`http://localhost:${server.addr.port}/small.tar`);
    for (const download of [true, false]) {
      const { train, test } = await loadPhotoSet(entry, { ...options, folders: [root], download });
      assert.deepEqual([train.classNames, train.labels, test.labels.length], [["a", "b"], Int32Array.of(0, 1), 2]);
    }
    assert.deepEqual([...Deno.readDirSync(join(root, "small"))].map(({ name }) => name), ["photos"]);
    assert.equal(requests, 1);
  });
  await server.shutdown();
});

Deno.test("loadPhotoSet() takes an archive that was put by hand, if it is the published one", async () => {
  const entry = entryAt("http://nowhere.invalid/");
  await withFolder(async (root) => {
    await putFiles(root, [["small.tar", archive.with(600, 1)]]);
    await assert.rejects(loadPhotoSet(entry, { ...options, folders: [root], download: false }), (error) => {
      assert.ok(error instanceof DataFormatError);
      assert.match(error.message, /small\.tar: its sha256 must be/);
      return true;
    });
    await putFiles(root, [["small.tar", archive]]);
    const { test } = await loadPhotoSet(entry, { ...options, folders: [root], download: false });
    assert.equal(test.images.count, 2);
    assert.ok((await Deno.stat(join(root, "small.tar"))).isFile);
  });
});
