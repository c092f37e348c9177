import assert from "node:assert/strict";
import { join } from "node:path";
import {
  backboneInfo,
  backbones,
  cifarResnet,
  type Dataset,
  findBackbones,
  loadBackbone,
  memoryImages,
  Random,
  saveWeights,
  subset,
  tf,
} from "curio";

const random = new Random(1);

/** Coloured noise, in as many classes as there are names. */
function noise(name: string, classNames: readonly string[], channels: 1 | 3 = 3): Dataset {
  const images = memoryImages(new Uint8Array(4 * 32 * 32 * channels).map(() => random.integer(256)), {
    height: 32,
    width: 32,
    channels,
  });
  return { name, images, labels: Int32Array.of(0, 1, 0, 1), classNames, checksum: "00" };
}
const target = noise("foxes", ["fox", "dog"]);

Deno.test("the backbone that comes with Curio is small, good, and has its card beside it", async () => {
  const info = await backboneInfo("resnet20-cifar10");
  assert.equal(info.architecture, "cifar_resnet20");
  assert.equal(info.dataset, "cifar-10");
  assert.equal(info.classNames.length, 10);
  assert.ok(info.testAccuracy >= 0.87, `${info.testAccuracy}`);
  assert.ok((await Deno.stat(info.file)).size <= 1.2e6);
  const card = await Deno.readTextFile(info.file.replace(".safetensors", ".md"));
  assert.match(card, new RegExp(`${(100 * info.testAccuracy).toFixed(2)} %`));
  assert.match(card, /deno task pretrain /);
});

for (const channels of [1, 3] as const) {
  Deno.test(`loadBackbone() gives its trunk and a new head to images of ${channels} channels`, async () => {
    const before = tf.memory().numTensors;
    const classifier = await loadBackbone("resnet20-cifar10", { target: noise("n", ["a", "b"], channels), random });
    assert.deepEqual(classifier.network.outputShape, [null, 2]);
    assert.equal(classifier.normalization?.mean.length, channels);
    assert.equal((await classifier.embeddings(noise("n", ["a", "b"], channels).images)).columns, 64);
    await classifier.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("loadBackbone() refuses CIFAR-10, any part of it, and a folder with its classes", async () => {
  const { classNames } = await backboneInfo("resnet20-cifar10");
  const cifar = noise("cifar-10", classNames);
  const ownFolder = noise("my pictures", [...classNames].reverse());
  for (const refused of [cifar, subset(cifar, [0, 1]), ownFolder]) {
    await assert.rejects(loadBackbone("resnet20-cifar10", { target: refused, random }), /must not be what the weights/);
  }
});

Deno.test("loadBackbone() takes a file of one's own, and refuses one that does not say what it was trained on", async () => {
  const folder = await Deno.makeTempDir();
  const network = cifarResnet({ depth: 20, shape: target.images.shape, classes: 3, random });
  const metadata = {
    architecture: "cifar_resnet20",
    dataset: "digits",
    classNames: "one\ntwo\nthree",
    checksums: "aa\nbb",
    testAccuracy: "0.5",
  };
  const [good, bare] = [join(folder, "mine.safetensors"), join(folder, "bare.safetensors")];
  await saveWeights(network, good, { naming: "torch", metadata });
  await saveWeights(network, bare, { naming: "torch" });
  assert.deepEqual((await backboneInfo(good)).classNames, ["one", "two", "three"]);
  const classifier = await loadBackbone(good, { target, random });
  const kernel = (from: tf.LayersModel) => from.getLayer("layer3.2.conv2").getWeights()[0];
  tf.tidy(() => assert.equal(kernel(classifier.network).equal(kernel(network)).all().dataSync()[0], 1));
  await assert.rejects(loadBackbone(bare, { target, random }), /header of .*bare.safetensors must say/);
  await assert.rejects(loadBackbone(join(folder, "none"), { target, random }), /must be one of resnet20-cifar10/);
  await classifier.dispose();
  network.dispose();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("findBackbones() says of each that cannot be used why, and how to get it", async () => {
  const folder = await Deno.makeTempDir();
  const options = { target: noise("cifar-10", ["a", "b"]), folders: [folder], download: false };
  const { usable, missing } = await findBackbones(["resnet20-cifar10", "vgg16"], options);
  assert.deepEqual(usable, []);
  assert.deepEqual(missing.map(({ backbone }) => backbone), ["resnet20-cifar10", "vgg16"]);
  assert.match(missing[0].reason, /must not be what the weights were trained on/);
  assert.match(missing[1].reason, /vgg16-397923af\.pth.*download: true/);
  await Deno.mkdir(join(folder, "weights"));
  await Deno.copyFile(backbones["resnet20-cifar10"], join(folder, "weights", "vgg16-mine.safetensors"));
  const again = await findBackbones(["vgg16", "resnet20-cifar10"], { ...options, target });
  assert.deepEqual(again, { usable: ["vgg16", "resnet20-cifar10"], missing: [] });
  await Deno.remove(folder, { recursive: true });
});
