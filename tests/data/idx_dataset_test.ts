import assert from "node:assert/strict";
import { DataFormatError, idxDataset } from "curio";
import { contentOf, idxBytes } from "./idx_bytes.ts";

const classNames = ["a", "b", "c"];
const images = contentOf("images", idxBytes([2, 2, 3], [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]));
const labels = contentOf("labels", idxBytes([2], [2, 0]));

/** The error's file and offset, and its message in the right form. */
const fault = (file: string, offset: number, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DataFormatError, `${error}`);
  assert.deepEqual([error.file, error.offset], [file, offset]);
  assert.match(error.message, message);
  assert.match(error.message, new RegExp(`^Cannot read ${file}, byte ${offset}: .+: current value is .+\\. .+\\.$`));
  return true;
};

Deno.test("idxDataset() reads images row by row, with their labels", async () => {
  const dataset = idxDataset({ images, labels }, { name: "two", classNames });
  assert.deepEqual(dataset.images.shape, { height: 2, width: 3, channels: 1 });
  assert.deepEqual(await dataset.images.read([1]), Uint8Array.of(11, 12, 13, 14, 15, 16));
  assert.deepEqual(dataset.labels, Int32Array.of(2, 0));
  assert.deepEqual([dataset.name, dataset.classNames], ["two", classNames]);
});

Deno.test("idxDataset() turns images that are stored column by column", async () => {
  const dataset = idxDataset({ images, labels }, { name: "two", classNames, transposed: true });
  assert.deepEqual(dataset.images.shape, { height: 3, width: 2, channels: 1 });
  assert.deepEqual(await dataset.images.read([0]), Uint8Array.of(1, 4, 2, 5, 3, 6));
});

Deno.test("idxDataset() counts labels from the first one", () => {
  const fromOne = contentOf("labels", idxBytes([2], [3, 1]));
  const options = { name: "letters", classNames, firstLabel: 1 };
  assert.deepEqual(idxDataset({ images, labels: fromOne }, options).labels, Int32Array.of(2, 0));
  assert.throws(() => idxDataset({ images, labels }, options), fault("labels", 9, /a label must be in 1…3: .* is 0/));
});

Deno.test("idxDataset() has a checksum of both files", () => {
  const other = contentOf("labels", idxBytes([2], [2, 1]));
  const checksums = [labels, other].map((labels) => idxDataset({ images, labels }, { name: "", classNames }).checksum);
  assert.notEqual(checksums[0], checksums[1]);
  assert.match(checksums[0], /^[0-9a-f]{64}$/);
});

Deno.test("idxDataset() names the file, the place and the rule of what is wrong", () => {
  const reading = (images: Uint8Array, labels: Uint8Array) => () =>
    idxDataset({ images: contentOf("images", images), labels: contentOf("labels", labels) }, { name: "", classNames });
  const cases: [Uint8Array, Uint8Array, ReturnType<typeof fault>][] = [
    [images.bytes, idxBytes([2], [0, 3]), fault("labels", 9, /a label must be in 0…2: current value is 3/)],
    [images.bytes, idxBytes([3], [0, 1, 2]), fault("labels", 4, /a label for each of the 2 images in images/)],
    [labels.bytes, labels.bytes, fault("images", 10, /must begin with 16 header bytes: current value is 10 bytes/)],
    [idxBytes([2, 1, 2, 3], new Uint8Array(12)), labels.bytes, fault("images", 0, /magic number 2051: .* is 2052/)],
    [images.bytes.with(2, 0x0d), labels.bytes, fault("images", 0, /magic number 2051/)],
    [
      images.bytes.subarray(0, 27),
      labels.bytes,
      fault("images", 27, /2×2×3, so .* end at byte 28: current value is 27/),
    ],
    [Uint8Array.of(...images.bytes, 0), labels.bytes, fault("images", 28, /end at byte 28: current value is 29/)],
    [images.bytes.with(4, 0x7f), labels.bytes, fault("images", 28, /2130706434×2×3/)],
    [images.bytes.with(11, 0), labels.bytes, fault("images", 8, /no dimension may be zero/)],
    [images.bytes, new Uint8Array(0), fault("labels", 0, /must begin with 8 header bytes/)],
  ];
  for (const [images, labels, check] of cases) assert.throws(reading(images, labels), check);
});
