import assert from "node:assert/strict";
import { join } from "node:path";
import {
  catalogueEntry,
  channelStatistics,
  classCounts,
  dataFolders,
  DataFormatError,
  type Dataset,
  DownloadError,
  loadDataset,
  type TrainAndTest,
} from "curio";
import { locateFiles } from "../../lib/data/download/locate_files.ts";
import { gzip } from "./idx_bytes.ts";
import { type Behaviour, hostileServer, serve, status } from "./download/hostile_server.ts";
import { publishedAt, putFiles, sha256Of, smallCifar, smallIdx, withFolder } from "./small_datasets.ts";

const small = smallIdx();

const pixelsOf = async ({ images }: Dataset) => [
  ...await images.read(Int32Array.from({ length: images.count }, (_, index) => index)),
];

async function assertSmall({ train, test }: TrainAndTest) {
  assert.deepEqual(await pixelsOf(train), Array.from({ length: 36 }, (_, index) => index));
  assert.deepEqual(train.labels, Int32Array.of(0, 1, 2, 0, 1, 2));
  assert.deepEqual(await pixelsOf(test), Array.from({ length: 18 }, (_, index) => 100 + index));
  assert.deepEqual([test.name, test.classNames], ["small", ["a", "b", "c"]]);
}

Deno.test("loadDataset() finds plain and gzipped files in any of the usual folders of any data folder", async () => {
  const mixed = new Map(small.files);
  mixed.delete("train-images");
  mixed.set("train-images.gz", await gzip(small.files.get("train-images")!));
  for (const usual of ["small", "elsewhere/raw"]) {
    for (const files of [small.files, mixed]) {
      await withFolder(async (root) => {
        await putFiles(join(root, "second", usual), files);
        const folders = [join(root, "first"), join(root, "second")];
        await assertSmall(await loadDataset(small.entry, { folders, download: false }));
      });
    }
  }
});

Deno.test("loadDataset() has one checksum for one content, however it is stored", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "plain", "small"), small.files);
    for (const [name, bytes] of small.files) {
      await putFiles(join(root, "zipped", "small"), [[`${name}.gz`, await gzip(bytes)]]);
    }
    const load = (folder: string) => loadDataset(small.entry, { folders: [join(root, folder)], download: false });
    const [plain, zipped] = [await load("plain"), await load("zipped")];
    assert.equal(plain.train.checksum, zipped.train.checksum);
    assert.notEqual(plain.train.checksum, plain.test.checksum);
  });
});

Deno.test("loadDataset() without download says which files it looked for, and where", async () => {
  await withFolder(async (root) => {
    const { "train-images": _, ...rest } = Object.fromEntries(small.files);
    await putFiles(join(root, "small"), Object.entries(rest));
    const notes: string[] = [];
    const loading = loadDataset(small.entry, {
      folders: [root],
      download: false,
      onProgress: (event) => event.kind === "note" && notes.push(event.text),
    });
    await assert.rejects(loading, (error) => {
      assert.ok(error instanceof Deno.errors.NotFound);
      assert.ok(error.message.includes("train-images") && error.message.includes(root), error.message);
      return true;
    });
    assert.deepEqual(notes, [`${join(root, "small")} lacks train-images`]);
  });
});

Deno.test("loadDataset() refuses a name that the catalogue does not have, naming those it has", async () => {
  await assert.rejects(loadDataset("fashion"), /one of mnist, fashion-mnist, .*: current value is "fashion"/);
});

Deno.test("loadDataset() notices a single changed bit, unless told not to verify", async () => {
  await withFolder(async (root) => {
    const pixels = small.files.get("train-images")!;
    const changed = pixels.with(20, pixels[20] ^ 1);
    await putFiles(join(root, "small"), [...small.files, ["train-images", changed]]);
    await assert.rejects(loadDataset(small.entry, { folders: [root] }), (error) => {
      assert.ok(error instanceof DataFormatError);
      assert.ok(error.message.includes(join(root, "small", "train-images")), error.message);
      assert.match(error.message, /must have the SHA-256 .* verify: false\.$/);
      return true;
    });
    const notes: string[] = [];
    const { train } = await loadDataset(small.entry, {
      folders: [root],
      verify: false,
      onProgress: (event) => event.kind === "note" && notes.push(event.text),
    });
    assert.equal((await pixelsOf(train))[4], 5);
    assert.match(notes.join(), /nothing vouches for the content of train-images in/);
  });
});

Deno.test("loadDataset() says where a file breaks its format, before it says that its sum is wrong", async () => {
  const harm = (name: string, change: (bytes: Uint8Array) => Uint8Array) => change(small.files.get(name)!);
  const cases = [
    [
      "train-labels",
      harm("train-labels", (bytes) => bytes.with(10, 7)),
      /train-labels, byte 10: a label must be in 0…2/,
    ],
    ["test-images", harm("test-images", (bytes) => bytes.slice(0, 30)), /test-images, byte 30: .* end at byte 34/],
    ["test-labels", harm("test-labels", (bytes) => bytes.with(3, 2)), /test-labels, byte 0: .* magic number 2049/],
    ["train-images", small.files.get("test-images")!, /byte 4: there must be a label for each of the 3 images/],
  ] as const;
  for (const [name, bytes, message] of cases) {
    await withFolder(async (root) => {
      await putFiles(join(root, "small"), [...small.files, [name, bytes]]);
      await assert.rejects(loadDataset(small.entry, { folders: [root] }), message);
    });
  }
});

Deno.test("loadDataset() refuses images of another number or size than the catalogue says, even unverified", async () => {
  await withFolder(async (root) => {
    await putFiles(join(root, "small"), small.files);
    const options = { folders: [root], verify: false };
    const shape = { height: 3, width: 2, channels: 1 } as const;
    await assert.rejects(loadDataset({ ...small.entry, shape }, options), /must have 6×3×2 images .* is 6×2×3/);
    const train = { ...small.entry.train, count: 7 };
    await assert.rejects(loadDataset({ ...small.entry, train }, options), /must have 7×2×3 images .* is 6×2×3/);
  });
});

/** Serves each file under its own name. */
const publish = (files: ReadonlyMap<string, Uint8Array>): Behaviour => (request, client) => {
  const content = files.get(request.path.slice(1));
  return (content ? serve(content) : status(404))(request, client);
};

Deno.test("loadDataset() downloads what no folder has into the last one that can be written to", async () => {
  await withFolder(async (root) => {
    let published = new Map<string, Uint8Array>();
    await using server = hostileServer((request, client) => publish(published)(request, client));
    const { entry, published: files } = await publishedAt(small, new URL("/", server.address).href);
    published = files;
    await Deno.writeTextFile(join(root, "no-folder"), "");
    const folders = [join(root, "first"), join(root, "data"), join(root, "no-folder", "data")];
    await assertSmall(await loadDataset(entry, { folders }));
    assert.deepEqual([...Deno.readDirSync(join(root, "data", "small"))].map(({ name }) => name).sort(), [
      "test-images.gz",
      "test-labels.gz",
      "train-images.gz",
      "train-labels.gz",
    ]);
    await assertSmall(await loadDataset(entry, { folders }));
    assert.equal(server.requests.length, 4);
  });
});

Deno.test("loadDataset() downloads only the files that are missing, and says which to put by hand", async () => {
  await withFolder(async (root) => {
    await using server = hostileServer(status(404));
    const { entry } = await publishedAt(small, new URL("/", server.address).href);
    await putFiles(join(root, "small"), [...small.files].slice(0, 3));
    await assert.rejects(loadDataset(entry, { folders: [root] }), (error) => {
      assert.ok(error instanceof DownloadError);
      assert.deepEqual(error.wanted.map(({ path }) => path), [join(root, "small", "test-labels.gz")]);
      return true;
    });
    assert.equal(server.requests.length, 1);
    assert.deepEqual([...Deno.readDirSync(join(root, "small"))].length, 3);
  });
});

Deno.test("loadDataset() unpacks a downloaded archive, keeps the sums of its content and gives the disk back", async () => {
  await withFolder(async (root) => {
    let archive = new Uint8Array();
    await using server = hostileServer((request, client) => serve(archive)(request, client));
    const cifar = await smallCifar(new URL("/", server.address).href);
    archive = cifar.archive.slice();
    const notes: string[] = [];
    const options = {
      folders: [root],
      onProgress: (event: { kind: string; text?: string }) => event.kind === "note" && notes.push(event.text!),
    };
    const { train, test } = await loadDataset(cifar.entry, options);
    assert.deepEqual([train.labels, test.labels], [Int32Array.of(0, 1, 1, 0), Int32Array.of(1)]);
    assert.deepEqual([...Deno.readDirSync(join(root, "small-cifar"))].map(({ name }) => name).sort(), [
      "SHA256SUMS",
      "batch_1.bin",
      "batch_2.bin",
      "names.txt",
      "test.bin",
    ]);
    assert.ok(notes.every((note) => !note.includes("vouches")), notes.join());

    const path = join(root, "small-cifar", "batch_2.bin");
    const batch = await Deno.readFile(path);
    await Deno.writeFile(path, batch.with(100, batch[100] ^ 128));
    await assert.rejects(loadDataset(cifar.entry, options), /batch_2\.bin: its content must have the SHA-256/);
    await Deno.writeTextFile(join(root, "small-cifar", "SHA256SUMS"), "not a sum\n");
    await assert.rejects(loadDataset(cifar.entry, options), /SHA256SUMS: a line must be a SHA-256/);
  });
});

Deno.test("loadDataset() takes a published archive that was put by hand, and leaves it", async () => {
  const cifar = await smallCifar();
  for (const place of ["small.tar.gz", "small-cifar/small.tar.gz"]) {
    await withFolder(async (root) => {
      await putFiles(root, [[place, cifar.archive]]);
      const { train } = await loadDataset(cifar.entry, { folders: [root], download: false });
      assert.equal(train.images.count, 4);
      assert.ok((await Deno.stat(join(root, place))).isFile);
    });
  }
});

Deno.test("loadDataset() refuses an archive that is not the published one", async () => {
  const { entry, archive, files } = await smallCifar();
  const changed = archive.with(archive.length - 5, archive[archive.length - 5] ^ 1);
  await withFolder(async (root) => {
    await putFiles(root, [["small.tar.gz", changed]]);
    await assert.rejects(loadDataset(entry, { folders: [root], download: false }), (error) => {
      assert.ok(error instanceof DataFormatError);
      assert.ok(error.message.includes(`its SHA-256 must be ${sha256Of(archive)}`), error.message);
      return true;
    });
    assert.deepEqual([...Deno.readDirSync(join(root, "small-cifar"))], []);
  });
  assert.equal(files.size, 4);
});

Deno.test("loadDataset() lets unpublished files of the right layout in, and says that nothing vouches for them", async () => {
  const cifar = await smallCifar();
  await withFolder(async (root) => {
    await putFiles(join(root, "some-folder"), cifar.files);
    const notes: string[] = [];
    const { test } = await loadDataset(cifar.entry, {
      folders: [root],
      onProgress: (event) => event.kind === "note" && notes.push(event.text),
    });
    assert.equal(test.images.count, 1);
    assert.match(notes.join(), /nothing vouches for the content of batch_1\.bin, batch_2\.bin, test\.bin in/);
  });
});

Deno.test("loadDataset() refuses class names that are others than the catalogue's", async () => {
  const cifar = await smallCifar();
  await withFolder(async (root) => {
    await putFiles(join(root, "small-cifar"), cifar.files);
    const names = join(root, "small-cifar", "names.txt");
    for (
      const [text, rule] of [
        ["dog\ncat\n", /class 0 must be cat: current value is dog/],
        ["cat\n", /class 1 must be dog: current value is missing/],
        ["cat\ndog\nfox\n", /there must be 2 class names: current value is 3/],
      ] as const
    ) {
      await Deno.writeTextFile(names, text);
      await assert.rejects(loadDataset(cifar.entry, { folders: [root] }), rule);
    }
  });
});

/** A test on real data; skipped where no data folder of this machine has it. */
async function testOnReal(name: string, title: string, check: (parts: TrainAndTest) => Promise<void>) {
  const isThere = await locateFiles(catalogueEntry(name), dataFolders()) !== undefined;
  Deno.test({
    name: isThere ? title : `${title} (skipped: no data folder has ${name})`,
    ignore: !isThere,
    fn: async () => await check(await loadDataset(name, { download: false })),
  });
}

await testOnReal("mnist", "loadDataset() loads the real MNIST", async ({ train, test }) => {
  // Class counts as other loaders print them; the first labels and the first pixel that is not black are well known.
  assert.deepEqual([...classCounts(train)], [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  assert.deepEqual([...classCounts(test)], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  assert.deepEqual([...train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
  const first = await train.images.read([0]);
  assert.equal(first.findIndex((value) => value > 0), 5 * 28 + 12);
});

await testOnReal("fashion-mnist", "loadDataset() loads the real Fashion-MNIST", async ({ train, test }) => {
  assert.deepEqual([...classCounts(train)], new Array(10).fill(6000));
  assert.deepEqual([...classCounts(test)], new Array(10).fill(1000));
  // Mean and deviation as everybody normalises by: 0.2860 and 0.3530.
  const { mean: [mean], deviation: [deviation] } = await channelStatistics(train);
  assert.ok(Math.abs(mean - 0.2860) < 5e-5 && Math.abs(deviation - 0.3530) < 5e-5, `${mean} ${deviation}`);
});

await testOnReal("cifar-10", "loadDataset() loads CIFAR-10", async ({ train, test }) => {
  assert.deepEqual([...classCounts(train)], new Array(10).fill(5000));
  assert.deepEqual([...classCounts(test)], new Array(10).fill(1000));
  // 0.4914, 0.4822, 0.4465 as everybody normalises by; within what making the files from photos may change.
  const { mean } = await channelStatistics(train);
  mean.forEach((value, channel) => assert.ok(Math.abs(value - [0.4914, 0.4822, 0.4465][channel]) < 2e-3, `${mean}`));
});
