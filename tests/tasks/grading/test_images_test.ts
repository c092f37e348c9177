import assert from "node:assert/strict";
import { contentHashes, type Dataset, memoryImages } from "curio";
import { testImagesOf } from "../../../lib/tasks/grading/test_images.ts";

/** Grey dots. */
function dots(values: readonly number[], labels: readonly number[]): Dataset {
  return {
    name: "dots",
    images: memoryImages(Uint8Array.from(values), { height: 1, width: 1, channels: 1 }),
    labels: Int32Array.from(labels),
    classNames: ["dark", "bright"],
    checksum: values.join(),
  };
}

Deno.test("testImagesOf() knows labels by content, copies, and what is among the training images too", async () => {
  const train = dots([10, 200, 30], [0, 1, 0]);
  const test = dots([50, 200, 50, 210], [0, 1, 0, 1]);
  const { dataset, labels, copies, alsoTraining } = await testImagesOf({ train, test });
  const [first, second, , fourth] = await contentHashes(test.images);
  assert.equal(dataset, "dots");
  assert.deepEqual([...labels], [[first, 0], [second, 1], [fourth, 1]]);
  assert.deepEqual([...copies], [[first, 2]]);
  assert.deepEqual([...alsoTraining], [second]);
});
