import assert from "node:assert/strict";
import { cifarDataset, DataFormatError } from "curio";
import { contentOf } from "./idx_bytes.ts";

const planes = (red: number, green: number, blue: number) => [
  ...new Array(1024).fill(red),
  ...new Array(1024).fill(green),
  ...new Array(1024).fill(blue),
];
const classNames = ["cat", "dog"];

Deno.test("cifarDataset() turns planes of colour into pixels, file after file", async () => {
  const first = Uint8Array.from([1, ...planes(10, 20, 30)]);
  first[1 + 1024 + 33] = 99; // green, second row, second column
  const second = Uint8Array.from([0, ...planes(1, 2, 3), 1, ...planes(4, 5, 6)]);
  const files = [contentOf("first", first), contentOf("second", second)];
  const dataset = cifarDataset(files, { name: "tiny", classNames });
  assert.deepEqual(dataset.images.shape, { height: 32, width: 32, channels: 3 });
  assert.deepEqual(dataset.labels, Int32Array.of(1, 0, 1));
  const [bytes, last] = [await dataset.images.read([0]), await dataset.images.read([2])];
  assert.deepEqual(bytes.subarray(0, 3), Uint8Array.of(10, 20, 30));
  assert.deepEqual(bytes.subarray(3 * 33, 3 * 33 + 3), Uint8Array.of(10, 99, 30));
  assert.deepEqual(last.subarray(-3), Uint8Array.of(4, 5, 6));
});

Deno.test("cifarDataset() takes CIFAR-100's fine label, or its coarse one", () => {
  const files = [contentOf("train.bin", Uint8Array.from([0, 1, ...planes(1, 2, 3), 1, 0, ...planes(4, 5, 6)]))];
  const labelsBy = (labelByte?: 0 | 1) =>
    cifarDataset(files, { name: "hundred", classNames, labelBytes: 2, labelByte }).labels;
  assert.deepEqual(labelsBy(), Int32Array.of(1, 0));
  assert.deepEqual(labelsBy(1), Int32Array.of(1, 0));
  assert.deepEqual(labelsBy(0), Int32Array.of(0, 1));
});

Deno.test("cifarDataset() names the file and the place of what is wrong", () => {
  const reading = (bytes: ArrayLike<number>) => () =>
    cifarDataset([contentOf("batch", Uint8Array.from(bytes))], { name: "", classNames });
  const cut = [1, ...planes(0, 0, 0), 0, ...planes(0, 0, 0).slice(1)];
  for (
    const [bytes, offset, rule] of [
      [cut, 3073, /whole records of 3073 bytes: current value is 6145 bytes/],
      [[...cut, 0, 0], 6146, /whole records/],
      [[], 0, /whole records/],
      [[...cut, 0].with(3073, 2), 3073, /a label must be in 0…1: current value is 2/],
    ] as const
  ) {
    assert.throws(reading(bytes), (error) => {
      assert.ok(error instanceof DataFormatError);
      assert.deepEqual([error.file, error.offset], ["batch", offset]);
      assert.match(error.message, rule);
      return true;
    });
  }
});
