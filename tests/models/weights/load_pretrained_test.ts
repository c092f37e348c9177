import assert from "node:assert/strict";
import { join } from "node:path";
import {
  architectures,
  cifarResnet,
  dataFolders,
  DataFormatError,
  DownloadError,
  findWeights,
  imageNetClasses,
  loadPhotos,
  loadPretrained,
  NetworkClassifier,
  Random,
  rowOf,
  saveWeights,
  tf,
  weightCatalogue,
  type WeightsEntry,
} from "curio";
import { withFolder } from "../../data/small_datasets.ts";

Deno.test("weightCatalogue names architectures that there are, files by their sums, and each file once", () => {
  const files = [...weightCatalogue.values()].map(({ file }) => file);
  assert.equal(new Set(files).size, files.length);
  for (const { architecture, file, source, sum, top1, lacks } of weightCatalogue.values()) {
    assert.ok(architectures.has(architecture), architecture);
    if (file.endsWith(".pth") && sum) assert.ok(file.includes(sum.digits.slice(0, 8)), file);
    if ("address" in source) assert.equal(new URL(source.address).protocol, "https:");
    assert.ok(top1 === undefined ? lacks.length > 0 : top1 > 0.6 && top1 < 0.9);
  }
  assert.equal(new Set(imageNetClasses).size, 1000);
  assert.equal(imageNetClasses[0], "tench");
  assert.equal(imageNetClasses[999], "toilet tissue");
});

Deno.test("loadPretrained() builds the network of a file by its name, keeps its head or gives it a new one", () =>
  withFolder(async (folder) => {
    const before = tf.memory().numTensors;
    const shape = { height: 32, width: 32, channels: 3 };
    const trained = cifarResnet({ shape, classes: 10, random: new Random(1) });
    const path = join(
      folder,
      `${[...architectures.keys()].find((name) => name.startsWith("cifar_resnet20"))}.safetensors`,
    );
    await saveWeights(trained, path);
    const kept = await loadPretrained(path, { shape });
    assert.equal(kept.classNames.length, 10);
    assert.deepEqual([kept.preprocessing.crop, kept.preprocessing.resize], [32, 32]);
    assert.equal(kept.report.loaded.length, trained.weights.length);
    const own = await loadPretrained(path, { shape, classNames: ["cat", "dog"], random: new Random(2) });
    assert.deepEqual(own.network.outputShape, [null, 2]);
    assert.deepEqual(own.report.left, ["linear/kernel", "linear/bias"]);
    const kernel = own.network.getLayer("linear").getWeights()[0].dataSync();
    assert.ok(kernel.some((value) => value !== 0));
    for (const { network } of [kept, own]) network.dispose();
    trained.dispose();
    await assert.rejects(() => loadPretrained(path, { shape, classNames: ["cat", "dog"] }), /random: new Random/);
    assert.equal(tf.memory().numTensors, before);
  }));

Deno.test("loadPretrained() says what it knows when it is asked for something else", async () => {
  await assert.rejects(
    () => loadPretrained("resnet19"),
    /a name of the catalogue \(resnet18, .*current value is "resnet19"/,
  );
});

const entry = (port: number, digits: string): WeightsEntry => ({
  ...weightCatalogue.get("resnet18")!,
  source: { address: `http://localhost:${port}/resnet18-f37072fd.pth` },
  sum: { algorithm: "sha256", digits },
});
/** Of the text "weights". */
const sum = "9a129038";

Deno.test("findWeights() downloads once, checks the publisher's sum, and takes nothing else", () =>
  withFolder(async (folder) => {
    let requests = 0;
    const server = Deno.serve({ port: 0, onListen() {} }, () => {
      requests++;
      return new Response("weights");
    });
    const { port } = server.addr;
    try {
      await assert.rejects(() => findWeights(entry(port, "00000000"), { folders: [folder] }), (error) => {
        assert.ok(error instanceof DownloadError);
        assert.match(error.message, /SHA256 9a129038.* instead of 00000000/);
        return true;
      });
      const path = await findWeights(entry(port, sum), { folders: [folder] });
      assert.equal(path, join(folder, "weights", "resnet18-f37072fd.pth"));
      assert.equal(await findWeights(entry(port, sum), { folders: ["/nowhere", folder] }), path);
      assert.equal(requests, 2);
      await Deno.writeTextFile(path, "others");
      await assert.rejects(() => findWeights(entry(port, sum), { folders: [folder] }), DataFormatError);
    } finally {
      await server.shutdown();
    }
  }));

Deno.test("findWeights() takes a file of the same name for want of the published one, and says so", () =>
  withFolder(async (folder) => {
    const notes: string[] = [];
    const find = () =>
      findWeights(entry(1, sum), {
        ...{ folders: [folder], download: false },
        onProgress: (event) => event.kind === "note" && notes.push(event.text),
      });
    // Weights of another entry, and no weights at all.
    for (const name of ["resnet18.a1_in1k.safetensors", "resnet181.pth", "resnet18.txt", "resnet18-a1.pth"]) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    await assert.rejects(find, Deno.errors.NotFound);
    await Deno.writeTextFile(join(folder, "resnet18-half.pth"), "");
    assert.equal(await find(), join(folder, "resnet18-half.pth"));
    assert.match(notes[0], /stands in for resnet18-f37072fd\.pth.*nothing vouches/);
  }));

const sample = await firstThere("imagenet-sample-100");
const weights = await firstThere("weights/resnet18-imagenet-half.pth");

async function firstThere(name: string): Promise<string | undefined> {
  for (const path of dataFolders().map((folder) => join(folder, name))) {
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
}

Deno.test({
  name:
    "ResNet-18 classifies photos as PyTorch does with the same file (skipped where CURIO_DATA lacks the file or photos)",
  ignore: sample === undefined || weights === undefined,
  async fn() {
    const pretrained = await loadPretrained(weights!);
    const classifier = new NetworkClassifier(pretrained);
    const { images, files } = await loadPhotos(sample!, { preprocessing: pretrained.preprocessing, cache: false });
    const probabilities = await classifier.probabilities(images, { batchSize: 20 });
    await classifier.dispose();
    const right = files.filter((file, index) => {
      const row = rowOf(probabilities, index);
      return row.indexOf(Math.max(...row)) === Number(/(\d{4})_[^/]*$/.exec(file)![1]);
    });
    // PyTorch 2.13 with torchvision 0.29's resnet18 on exactly these pixels: 67, the same class in all 100.
    assert.equal(right.length, 67);
  },
});
