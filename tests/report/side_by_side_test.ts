import assert from "node:assert/strict";
import { learningCurves, sideBySide } from "curio";

const figures = ["one", "other"].map((title) =>
  learningCurves([{ name: title, labels: [1, 2], runs: [[0.5, 0.6]] }], { title })
);

Deno.test("sideBySide() holds all figures in one row, and says what each says", async () => {
  const both = sideBySide(figures, { title: "Both", name: "both" });
  assert.ok(both.width <= 900, "no wider than a page");
  const scale = Number(both.svg.match(/scale\(([\d.]+)\)/)![1]);
  assert.ok(Math.abs(scale * (figures[0].width + figures[1].width + 8) - 860) < 1);
  assert.equal(both.name, "both");
  for (const { title, summary } of figures) assert.ok(both.summary.includes(`${title}: ${summary}`));
  assert.equal(
    both.svg.match(/<svg /g)!.length,
    1 + figures.map(({ svg }) => svg.match(/<svg /g)!.length).reduce((a, b) => a + b),
  );
  assert.deepEqual([...(await both.png()).subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
});

Deno.test("sideBySide() refuses no figures", () => {
  assert.throws(() => sideBySide([]), /at least one: current value is none/);
});
