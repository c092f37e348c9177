import assert from "node:assert/strict";
import { imageTensor, memoryImages, tf } from "curio";

Deno.test("imageTensor() gives the chosen images as float32, 0…255, and leaves no other tensor behind", async () => {
  const images = memoryImages(Uint8Array.of(1, 2, 3, 4, 5, 255), { height: 1, width: 1, channels: 3 });
  const before = tf.memory().numTensors;
  const tensor = await imageTensor(images, [1, 0]);
  assert.equal(tf.memory().numTensors, before + 1);
  assert.deepEqual([tensor.shape, tensor.dtype], [[2, 1, 1, 3], "float32"]);
  assert.deepEqual([...await tensor.data()], [4, 5, 255, 1, 2, 3]);
  tensor.dispose();
  assert.equal(tf.memory().numTensors, before);
});
