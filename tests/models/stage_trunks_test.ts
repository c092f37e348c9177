import assert from "node:assert/strict";
import { cifarResnet, cnn, embeddings, memoryImages, Random, readAll, stageTrunks, tf } from "curio";

const shape = { height: 32, width: 32, channels: 3 };
const images = memoryImages(new Uint8Array(3 * 32 * 32 * 3).map((_, place) => place * 7 % 256), shape);
const normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };

Deno.test("the trunk of the last stage sees what the whole network sees", async () => {
  const folder = await Deno.makeTempDir();
  const network = cifarResnet({ depth: 20, shape, classes: 2, random: new Random(1) });
  const whole = { network, featureLayer: "avgpool", classNames: ["a", "b"], normalization };
  const dataset = { images, checksum: "00" };
  const expected = await readAll(await embeddings(whole, dataset, { folder }));
  const { stage, trunk } = stageTrunks(whole).at(-1)!;
  const found = await readAll(await embeddings(trunk, dataset, { folder }));
  assert.equal(stage, "layer3");
  assert.deepEqual([found.rows, found.columns], [3, 64]);
  found.data.forEach((value, place) => assert.ok(Math.abs(value - expected.data[place]) < 1e-5));
  network.dispose();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("stageTrunks() cuts a network of one's own behind each layer with weights, and leaves dense ones flat", () => {
  const network = cnn({ shape, classes: 2, filters: [4, 6], denseUnits: [5], random: new Random(1) });
  const before = tf.memory().numTensors;
  const trunks = stageTrunks({ network, featureLayer: "features", classNames: ["a", "b"] });
  assert.deepEqual(trunks.map(({ stage, trunk }) => [stage, trunk.network.outputShape]), [
    ["conv1", [null, 4]],
    ["conv2", [null, 6]],
    ["features", [null, 5]],
  ]);
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});
