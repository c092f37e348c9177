import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import sharp from "sharp";
import {
  classBalance,
  confusionMatrix,
  type Figure,
  gallery,
  learningCurves,
  memoryImages,
  reliabilityDiagram,
  trainingCurves,
} from "curio";
import { classNames, hostileNames, sampleEvaluation, sampleHistory } from "./samples.ts";

const names = hostileNames;
const labels = Int32Array.from({ length: 30 }, (_, index) => index % names.length);
const dataset = {
  name: "<i>noise</i>",
  images: memoryImages(Uint8Array.from({ length: 30 * 8 * 8 }, (_, index) => index % 256), {
    height: 8,
    width: 8,
    channels: 1,
  }),
  labels,
  classNames: names,
  checksum: "",
};

/** Every kind of figure, with the most difficult names. */
const drawings: Readonly<Record<string, () => Figure | Promise<Figure>>> = {
  trainingCurves: () => trainingCurves(sampleHistory(3), { title: names[0] }),
  learningCurves: () =>
    learningCurves(names.map((name) => ({ name, labels: [10, 20], runs: [[0.5, 0.6], [0.4, 0.7]] })), {
      reference: { label: names[1], value: 0.9 },
      measure: names[0],
    }),
  confusionMatrix: () => confusionMatrix(sampleEvaluation(names)),
  "confusionMatrix of many classes": () => confusionMatrix(sampleEvaluation([...names, ...classNames(247)], 5)),
  reliabilityDiagram: () => reliabilityDiagram(sampleEvaluation(names), { title: names[2] }),
  classBalance: () => classBalance(dataset),
  "classBalance of many classes": () => classBalance({ labels, classNames: [...names, ...classNames(247)] }),
  gallery: () => gallery(dataset, [0, 1, 2, 3, 4], { predictions: [0, 1, 0, 3, 5], scores: [1, 0.9, 0.8, 0.7, 0.6] }),
};

for (const [name, draw] of Object.entries(drawings)) {
  Deno.test(`${name} gives an SVG that stands alone, whatever the names are`, async () => {
    const { svg, summary, width, height } = await draw();
    const { document } = parseHTML(svg);
    const root = document.querySelector("svg")!;
    assert.equal(root.getAttribute("xmlns"), "http://www.w3.org/2000/svg");
    assert.equal(document.querySelectorAll("script, b, i, style, foreignObject").length, 0);
    assert.equal(root.getAttribute("role"), "img");
    assert.ok(root.getAttribute("aria-label")!.endsWith(summary));
    assert.equal(document.querySelector("desc")!.textContent, summary);
    const ground = root.querySelector("rect")!; // legible on a dark theme
    assert.deepEqual(["fill", "width", "height"].map((key) => ground.getAttribute(key)), [
      "#ffffff",
      `${width}`,
      `${height}`,
    ]);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    for (const { value } of [...svg.matchAll(/(?:href|src)="(?<value>[^"]{0,10})/g)].map(({ groups }) => groups!)) {
      assert.match(value, /^data:image/); // nothing from outside
    }
  });

  Deno.test(`${name} becomes a PNG of two pixels for each of the SVG's`, async () => {
    const figure = await draw();
    const { width, height, format } = await sharp(await figure.png()).metadata();
    assert.deepEqual({ width, height, format }, { width: figure.width * 2, height: figure.height * 2, format: "png" });
  });
}

Deno.test("the same results give the same figure, byte by byte", async () => {
  const [one, other] = [
    confusionMatrix(sampleEvaluation(classNames(5))),
    confusionMatrix(sampleEvaluation(classNames(5))),
  ];
  assert.equal(one.svg, other.svg);
  assert.deepEqual(await one.png(), await other.png());
});
