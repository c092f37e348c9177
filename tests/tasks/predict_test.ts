import assert from "node:assert/strict";
import { join } from "node:path";
import { cnn, matrix, NetworkClassifier, Random, type ResizeOptions, tf } from "curio";
import sharp from "sharp";
import { predictionsCsv, predictionsOf, run } from "../../lib/tasks/predict.ts";

Deno.test("predictionsOf() puts the likeliest classes first, at most five", () => {
  const [first] = predictionsOf({
    photos: { files: ["/photos/a/one.jpg"] },
    folder: "/photos",
    probabilities: matrix([[0.1, 0.3, 0.05, 0.25, 0.2, 0.1]]),
    classNames: ["a", "b", "c", "d", "e", "f"],
  });
  assert.equal(first.file, join("a", "one.jpg"));
  assert.deepEqual(first.top.map(({ className }) => className), ["b", "d", "e", "a", "f"]);
});

Deno.test("predictionsCsv() quotes what needs it and keeps a line for each unreadable file", () => {
  const top = [{ className: 'cup, "large"', probability: 0.75 }];
  const csv = predictionsCsv([{ file: "a.jpg", top }], [{ file: "b.jpg", reason: "cut short" }]);
  assert.deepEqual(csv.trim().split("\n"), [
    "file,predicted,probability,top 5,unreadable",
    'a.jpg,"cup, ""large""",0.75,"cup, ""large"" 0.7500",',
    "b.jpg,,,,cut short",
  ]);
});

for (const channels of [1, 3]) {
  Deno.test(`deno task predict writes CSV and a gallery for a saved model of ${channels} channels`, async () => {
    const folder = await Deno.makeTempDir();
    const before = tf.memory().numTensors;
    const shape = { height: 8, width: 8, channels };
    const network = cnn({ shape, classes: 2, filters: [2], denseUnits: [4], random: new Random(1) });
    const normalization = { mean: new Array(channels).fill(0.5), deviation: new Array(channels).fill(0.5) };
    const classifier = new NetworkClassifier({ network, classNames: ["<dark>", "bright"], normalization });
    await classifier.save(join(folder, "model"));
    await classifier.dispose();
    const photos = join(folder, "photos & more");
    await Deno.mkdir(photos);
    await sharp({ create: { width: 20, height: 10, channels: 3, background: "red" } }).png().toFile(
      join(photos, "red.png"),
    );
    await Deno.writeTextFile(join(photos, "note.jpg"), "no photo");
    const reports = join(folder, "reports");
    try {
      assert.equal(await run([join(folder, "model"), photos, "--reports", reports]), 0);
      assert.equal(tf.memory().numTensors, before);
      const csv = await Deno.readTextFile(join(reports, "predictions-photos-more.csv"));
      assert.match(csv, /^red\.png,(<dark>|bright),0\.\d+,/m);
      assert.match(csv, /^note\.jpg,,,,/m);
      const page = await Deno.readTextFile(join(reports, "predictions-photos-more.html"));
      assert.match(page, /<img src="data:image\/jpeg;base64,[^"]+" alt="red\.png: /);
      assert.ok(page.includes("&lt;dark&gt;") && !page.includes("<dark>"));
      assert.match(page, /Files that are no photos: 1/);
      assert.equal(await run(["no-such-model", photos, "--reports", reports]), 1);
      assert.equal(await run(["resnet18"]), 2);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("deno task predict brings photos to a saved model as those that it was trained on", async () => {
  const folder = await Deno.makeTempDir();
  const shape = { height: 8, width: 8, channels: 3 };
  const photos = join(folder, "photos");
  await Deno.mkdir(photos);
  // Red, green and blue beside each other: the middle square is green alone.
  const stripes = Uint8Array.from({ length: 24 * 8 * 3 }, (_, at) => Math.floor(at / 3) % 24 >> 3 === at % 3 ? 255 : 0);
  await sharp(stripes, { raw: { width: 24, height: 8, channels: 3 } }).png().toFile(join(photos, "stripes.png"));
  const predicted = async (preprocessing: ResizeOptions | undefined, ...flags: string[]) => {
    const network = cnn({ shape, classes: 2, filters: [2], denseUnits: [4], random: new Random(1) });
    const normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };
    const classifier = new NetworkClassifier({ network, classNames: ["a", "b"], normalization, preprocessing });
    await classifier.save(join(folder, "model"));
    await classifier.dispose();
    assert.equal(await run([join(folder, "model"), photos, "--reports", folder, ...flags]), 0);
    return await Deno.readTextFile(join(folder, "predictions-photos.csv"));
  };
  try {
    const middle = await predicted(undefined);
    const whole = await predicted({ crop: 8, resize: "stretch" });
    assert.notEqual(whole, middle);
    assert.equal(await predicted(undefined, "--resize", "stretch"), whole);
    assert.equal(await predicted({ crop: 8, resize: "stretch" }, "--resize", "8"), middle);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
