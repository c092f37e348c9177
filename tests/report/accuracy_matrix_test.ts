import assert from "node:assert/strict";
import { accuracyMatrix, experienceConfusions, forgettingCurves } from "curio";

const accuracies = [[1, 0, 0], [0.5, 0.75, 0], [0.25, 0.5, 1]];

Deno.test("accuracyMatrix() writes every accuracy into its cell, and says how it ended", () => {
  const { svg, summary } = accuracyMatrix({ accuracies }, { experiences: ["0, 1", "2, 3", "4, 5"] });
  for (const text of ["100.0 %", "75.0 %", "25.0 %", "after learning", "accuracy on", "2, 3"]) {
    assert.ok(svg.replaceAll("\u00a0", " ").includes(text), text);
  }
  assert.match(summary.replaceAll("\u00a0", " "), /3 of 3 experiences: 0, 1 25\.0 %; 2, 3 50\.0 %; 4, 5 100\.0 %/);
});

Deno.test("accuracyMatrix() draws a stream that is not over, and refuses one that has not begun", () => {
  assert.match(accuracyMatrix({ accuracies: accuracies.slice(0, 1) }).summary, /1 of 3 experiences/);
  assert.throws(() => accuracyMatrix({ accuracies: [] }), RangeError);
});

Deno.test("forgettingCurves() begin where an experience was learnt, and are means over runs", () => {
  const other = [[1, 0, 0], [0.7, 0.75, 0], [0.75, 0.5, 1]];
  const { summary, svg } = forgettingCurves([{ accuracies }, { accuracies: other }]);
  assert.match(summary, /experience 1 50(\.0)?.%/);
  assert.match(summary, /experience 3 100(\.0)?.%/);
  assert.match(svg, /experiences learnt/);
  assert.throws(() => forgettingCurves([]), RangeError);
});

Deno.test("experienceConfusions() draws a matrix for each experience, and says how much of each was right", () => {
  const records = [
    { name: "a, b", confusion: [[3, 1, 0], [0, 4, 0], [0, 0, 0]] },
    { name: "c", confusion: [[0, 0, 4], [0, 2, 2], [0, 0, 2]] },
  ];
  const { svg, summary } = experienceConfusions(records, { classNames: ["a", "b", "c"] });
  assert.match(summary.replaceAll("\u00a0", " "), /after a, b 87\.5 %; after c 40\.0 %\. In the end 10 images/);
  // Cells that hold something: 3 and 4, beside the two frames and the ground.
  assert.equal(svg.match(/<rect/g)?.length, 3 + 4 + 2 + 1);
  assert.throws(() => experienceConfusions([], { classNames: ["a"] }), RangeError);
  assert.throws(() => experienceConfusions(records, { classNames: ["a"] }), /of 1 classes/);
});
