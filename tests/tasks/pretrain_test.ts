import assert from "node:assert/strict";
import { join } from "node:path";
import { architectureOf, catalogueEntry, type Dataset, loadBackbone, memoryImages, Random, tf } from "curio";
import { pretrain, run } from "../../lib/tasks/pretrain.ts";

/** Dark and bright images, 32×32. */
function darkAndBright(name: string, classNames: readonly string[]): Dataset {
  const shape = { height: 32, width: 32, channels: 3 };
  const half = 16 * 32 * 32 * 3;
  const images = memoryImages(new Uint8Array(2 * half).map((_, place) => place < half ? 20 : 230), shape);
  return { name, images, labels: new Int32Array(32).map((_, at) => at < 16 ? 0 : 1), classNames, checksum: name };
}

Deno.test("pretrain() writes weights that loadBackbone takes elsewhere, and a card; the checkpoint goes", async () => {
  const before = tf.memory().numTensors;
  const output = await Deno.makeTempDir();
  const data = darkAndBright("svhn", ["night", "day"]);
  const written = await pretrain({ train: data, test: { ...data, checksum: "test" } }, {
    architecture: architectureOf("cifar_resnet20"),
    entry: { ...catalogueEntry("cifar-10"), name: "days", title: "Days and nights" },
    epochs: 2,
    seed: 3,
    name: "small",
    note: "Made for a test.",
    output,
    command: "deno task pretrain --seed 3",
  });
  assert.equal(written?.file, join(output, "small.safetensors"));
  const names = [...Deno.readDirSync(output)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["small.md", "small.safetensors"]);
  const card = await Deno.readTextFile(join(output, "small.md"));
  const percent = `**${(100 * written!.accuracy).toFixed(2)} %** of 10,000`;
  for (const said of ["# small", "Days and nights", percent, "| seed | 3 |", "Made for a test.", "--seed 3"]) {
    assert.ok(card.includes(said), said);
  }
  const random = new Random(1);
  await assert.rejects(loadBackbone(written!.file, { target: data, random }), /must not be what the weights/);
  const other = await loadBackbone(written!.file, { target: darkAndBright("dogs", ["fox", "dog"]), random });
  await other.dispose();
  assert.equal(tf.memory().numTensors, before);
  await Deno.remove(output, { recursive: true });
});

Deno.test("deno task pretrain says what is wrong with what was typed", async () => {
  assert.equal(await run(["--epochs", "0"]), 1);
  assert.equal(await run(["--architecture", "cifar_resnet21"]), 1);
  assert.equal(await run(["--dataset", "cifar-12"]), 1);
});
