import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import sharp from "sharp";
import { type Dataset, gallery, memoryImages, worstMistakes } from "curio";
import { sampleEvaluation } from "./samples.ts";

function photos(side: number, channels: 1 | 3): Dataset {
  const bytes = Uint8Array.from({ length: 4 * side * side * channels }, (_, index) => index * 37 % 256);
  return {
    name: "photos",
    images: memoryImages(bytes, { height: side, width: side, channels }),
    labels: Int32Array.of(0, 1, 0, 1),
    classNames: ["cat", "dog"],
    checksum: "",
  };
}

function pictures(svg: string): Buffer[] {
  return [...svg.matchAll(/href="data:image\/\w+;base64,([^"]+)"/g)].map(([, base64]) => Buffer.from(base64, "base64"));
}

Deno.test("gallery() enlarges small images pixel by pixel", async () => {
  const dataset = photos(28, 1);
  const [picture] = pictures((await gallery(dataset, [2])).svg);
  const { data, info } = await sharp(picture).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [168, 168]);
  const pixels = await dataset.images.read([2]);
  for (const [row, column] of [[0, 0], [0, 167], [100, 50], [167, 167]]) {
    assert.equal(data[row * 168 + column], pixels[Math.floor(row / 6) * 28 + Math.floor(column / 6)]);
  }
});

Deno.test("gallery() shows photographs at no more than twice the pixels of their place", async () => {
  for (const side of [224, 500]) {
    const figure = await gallery(photos(side, 3), [0]);
    assert.equal((await sharp(pictures(figure.svg)[0]).metadata()).width, Math.min(side, 280));
    assert.equal((await sharp(await figure.png()).metadata()).width, figure.width); // not twice: photographs are large
  }
});

Deno.test("gallery() marks right and wrong by a sign, not by colour alone", async () => {
  const { svg, summary } = await gallery(photos(8, 3), [0, 1], { predictions: [0, 0], scores: [0.9, 0.6] });
  assert.match(svg, /✓ cat<.*90 %<.*✗ cat<.*60 %<.*is dog</);
  assert.match(summary, /1 of 2 predictions are wrong/);
});

Deno.test("gallery() shows labels unless it is told not to", async () => {
  assert.match((await gallery(photos(8, 1), [0, 1])).svg, />cat<\/text>.*>dog<\/text>/);
  assert.doesNotMatch((await gallery(photos(8, 1), [0, 1], { labels: false })).svg, />cat</);
});

Deno.test("gallery() refuses no images, images that are not there, and predictions for others", async () => {
  await assert.rejects(gallery(photos(8, 1), []), /at least one index/);
  await assert.rejects(gallery(photos(8, 1), [4]), /0…3: current value is 4/);
  await assert.rejects(
    gallery(photos(8, 1), [0, 1], { predictions: [0] }),
    /predictions must hold one value for each of the 2/,
  );
});

Deno.test("worstMistakes() are the wrong predictions, most confident first", () => {
  const evaluation = sampleEvaluation(["a", "b", "c"], 100);
  const mistakes = worstMistakes(evaluation, { count: 5 });
  assert.equal(mistakes.length, 5);
  const wrong = Array.from(evaluation.labels.keys()).filter((index) =>
    evaluation.labels[index] !== evaluation.predictions[index]
  );
  const confidence = (index: number) => evaluation.probabilities.data[index * 3 + evaluation.predictions[index]];
  const expected = wrong.toSorted((one, other) => confidence(other) - confidence(one)).slice(0, 5);
  assert.deepEqual(mistakes.map(({ index }) => index), expected);
  const [{ index, trueClass, predictedClass, trueProbability }] = mistakes;
  assert.equal(trueClass, evaluation.classNames[evaluation.labels[index]]);
  assert.equal(predictedClass, evaluation.classNames[evaluation.predictions[index]]);
  assert.equal(trueProbability, evaluation.probabilities.data[index * 3 + evaluation.labels[index]]);
});
