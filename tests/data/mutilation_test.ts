import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { cifarDataset, DataFormatError, type Dataset, idxDataset, loadDataset, readContent } from "curio";
import { gzip } from "./idx_bytes.ts";
import { putFiles, smallCifar, type SmallDataset, smallIdx, withFolder } from "./small_datasets.ts";

/** What can befall a file, by a few random numbers. */
type Mutilation = (bytes: Uint8Array) => Uint8Array;

const place = (bytes: Uint8Array, at: number) => Math.floor(at * bytes.length);

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const mutilation: fc.Arbitrary<Mutilation> = fc.oneof(
  // bits flipped
  fc.array(fc.tuple(share, fc.nat(7)), { minLength: 1, maxLength: 3 }).map((flips) => (bytes: Uint8Array) => {
    const flipped = bytes.slice();
    for (const [at, bit] of flips) flipped[place(bytes, at)] ^= 1 << bit;
    return flipped;
  }),
  // cut short
  share.map((at) => (bytes: Uint8Array) => bytes.slice(0, place(bytes, at))),
  // a hole in the middle, or something put in
  fc.tuple(share, fc.nat(40)).map(([at, size]) => (bytes: Uint8Array) =>
    Uint8Array.of(...bytes.subarray(0, place(bytes, at)), ...bytes.subarray(place(bytes, at) + 1 + size))
  ),
  fc.tuple(share, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([at, extra]) => (bytes: Uint8Array) =>
    Uint8Array.of(...bytes.subarray(0, place(bytes, at)), ...extra, ...bytes.subarray(place(bytes, at)))
  ),
  // two stretches swapped
  share.map((at) => (bytes: Uint8Array) =>
    Uint8Array.of(...bytes.subarray(place(bytes, at)), ...bytes.subarray(0, place(bytes, at)))
  ),
  // wrong magic
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((magic) => (bytes: Uint8Array) => {
    return Uint8Array.of(...magic, ...bytes.subarray(4));
  }),
  // something else altogether
  fc.uint8Array({ maxLength: 300 }).map((bytes) => () => bytes),
);

const pixelsOf = async ({ images }: Dataset) =>
  await images.read(Int32Array.from({ length: images.count }, (_, index) => index));

/** What a dataset says, to compare. */
const gist = async (parts: Record<string, Dataset>) =>
  await Promise.all(
    Object.values(parts).map(async (part) => ({
      pixels: await pixelsOf(part),
      labels: part.labels,
      sum: part.checksum,
    })),
  );

/**
 * Loads the dataset again and again with some files mutilated, or two of them swapped: either what comes is the dataset,
 * or an error says what is wrong with which file.
 */
async function assertNeverSilentlyWrong(
  { entry, files }: SmallDataset,
  { runs, others = new Map() }: { runs: number; others?: ReadonlyMap<string, Uint8Array> },
) {
  await withFolder(async (root) => {
    const folder = join(root, entry.folders[0]);
    const load = () => loadDataset(entry, { folders: [root], download: false });
    await putFiles(folder, [...files, ...others]);
    const right = await gist({ ...await load() });
    const names = [...files.keys()];
    const index = fc.nat(names.length - 1);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(index, index, fc.option(mutilation), async (first, second, mutilate) => {
        const harmed = new Map(files);
        if (mutilate) harmed.set(names[first], mutilate(files.get(names[first])!));
        else harmed.set(names[first], files.get(names[second])!).set(names[second], files.get(names[first])!);
        await putFiles(folder, harmed);
        let loaded;
        try {
          loaded = await load();
        } catch (error) {
          assert.ok(error instanceof DataFormatError, `${error}`);
          assert.ok(error.message.includes(folder), error.message);
          refused++;
          return;
        }
        assert.deepEqual(await gist({ ...loaded }), right);
      }),
      { numRuns: runs },
    );
    assert.ok(refused > runs / 2, `${refused} of ${runs} refused`);
  });
}

Deno.test("mutilated IDX files give the right dataset or an error that names the file", async () => {
  await assertNeverSilentlyWrong(smallIdx(), { runs: 200 });
});

Deno.test("mutilated gzipped IDX files give the right dataset or an error that names the file", async () => {
  const { entry, files } = smallIdx();
  const zipped = new Map<string, Uint8Array>();
  for (const [name, bytes] of files) zipped.set(`${name}.gz`, await gzip(bytes));
  await assertNeverSilentlyWrong({ entry, files: zipped }, { runs: 200 });
});

Deno.test("mutilated CIFAR files give the right dataset or an error, once their sums are known", async () => {
  const { entry, files, archive } = await smallCifar();
  await withFolder(async (root) => {
    await putFiles(root, [["small.tar.gz", archive]]);
    await loadDataset(entry, { folders: [root], download: false });
    const sums = await Deno.readFile(join(root, "small-cifar", "SHA256SUMS"));
    await assertNeverSilentlyWrong({ entry, files }, { runs: 100, others: new Map([["SHA256SUMS", sums]]) });
  });
});

Deno.test("mutilated archives give the right dataset or an error, and leave no half of it behind", async () => {
  const { entry, archive } = await smallCifar();
  await fc.assert(
    fc.asyncProperty(mutilation, fc.boolean(), async (mutilate, verify) => {
      const harmed = mutilate(archive);
      await withFolder(async (root) => {
        await putFiles(root, [["small.tar.gz", harmed]]);
        try {
          await loadDataset(entry, { folders: [root], download: false, verify });
        } catch (error) {
          assert.ok(error instanceof DataFormatError, `${error}`);
          assert.ok(!verify || error.file.startsWith(root));
          return;
        }
        // Without verification, a gzip stream that is whole by its own checksum is all that can be asked.
        if (verify) assert.deepEqual(harmed, archive);
      });
    }),
    { numRuns: 100 },
  );
});

/** Of unverified bytes no more can be said than that they are a dataset, of so many images as there are labels. */
function assertConsistent({ images, labels, classNames }: Dataset) {
  assert.equal(images.count, labels.length);
  assert.ok(labels.every((label) => label >= 0 && label < classNames.length));
}

Deno.test("the readers take any bytes for a consistent dataset or throw DataFormatError", async () => {
  const idx = smallIdx();
  const cifar = await smallCifar();
  const check = (work: () => Dataset) => {
    try {
      assertConsistent(work());
    } catch (error) {
      assert.ok(error instanceof DataFormatError, `${error}`);
    }
  };
  const options = { name: "", classNames: ["a", "b", "c"] };
  fc.assert(
    fc.property(mutilation, fc.boolean(), (mutilate, ofImages) => {
      const content = (name: string, isHarmed: boolean) => {
        const bytes = idx.files.get(name) ?? cifar.files.get(name)!;
        return { path: name, bytes: isHarmed ? mutilate(bytes) : bytes, checksum: "" };
      };
      const [images, labels] = [content("train-images", ofImages), content("train-labels", !ofImages)];
      check(() => idxDataset({ images, labels }, options));
      check(() => cifarDataset([content("batch_1.bin", true)], options));
    }),
    { numRuns: 500 },
  );
});

Deno.test("readContent() takes any bytes for plain content, or for a gzip stream that is whole, or throws", async () => {
  const zipped = await gzip(smallIdx().files.get("train-images")!);
  await withFolder(async (root) => {
    const path = join(root, "file.gz");
    await fc.assert(fc.asyncProperty(mutilation, async (mutilate) => {
      await Deno.writeFile(path, mutilate(zipped));
      try {
        await readContent(path, { limit: 1000 });
      } catch (error) {
        assert.ok(error instanceof DataFormatError, `${error}`);
      }
    }));
  });
});
