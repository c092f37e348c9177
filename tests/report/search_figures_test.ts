import assert from "node:assert/strict";
import { gridConfigurations, heatMap, parallelCoordinates, search, searchHeatMap, searchTable } from "curio";

const result = await search(gridConfigurations({ rate: [1e-4, 1e-2, 1], filters: [16, 32], kind: ["a", "b"] }), {
  evaluate: ({ configuration: { rate, filters, kind } }) =>
    rate === 1
      ? Promise.reject(new Error("diverged"))
      : Promise.resolve(Number(filters) / 100 + (kind === "a" ? 0.1 : 0) - (rate === 1e-4 ? 0.05 : 0)),
});

Deno.test("searchTable() puts the best first and says what failed", () => {
  const { frame } = searchTable(result);
  assert.equal(frame.height, 12);
  assert.deepEqual(frame.columns, ["rate", "filters", "kind", "budget", "score", "seconds", "error"]);
  const [first] = frame.toRecords();
  assert.deepEqual([first.rate, first.filters, first.kind, Number(first.score).toFixed(2)], [0.01, 32, "a", "0.42"]);
  assert.equal(frame.toRecords().at(-1)!.error, "diverged");
});

Deno.test("searchHeatMap() shows the best of each cell, and leaves empty what failed", () => {
  const { svg, summary } = searchHeatMap(result, { rows: "filters", columns: "rate" });
  const cells = [...svg.matchAll(/>(0\.\d+)<\/text>/g)].map(([, text]) => text);
  assert.deepEqual(cells, ["0.21", "0.26", "0.37", "0.42", "0.0001", "0.01"]); // the last two name columns
  assert.equal(summary, "The best score, 0.42, is at rate 0.01, filters 32, kind a.");
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  assert.throws(
    () => searchHeatMap(result, { rows: "depth", columns: "rate" }),
    /depth must be one of its hyperparameters/,
  );
});

Deno.test("parallelCoordinates() draws a line for each trial that has a score, the best on top", () => {
  const { svg, summary } = parallelCoordinates(result);
  const lines = [...svg.matchAll(/<polyline [^>]*stroke="([^"]+)"/g)].map(([, color]) => color);
  assert.equal(lines.length, 8);
  assert.equal(lines.at(-1), "#B84F00");
  assert.equal(lines.filter((color) => color === "#B84F00").length, 1);
  assert.match(summary, /^Of 12 trials the best scored 0.42/);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  assert.throws(() => parallelCoordinates({ ...result, trials: [] }), /at least one trial must have a score/);
});

Deno.test("heatMap() wants a value for every cell", () => {
  const draw = (values: number[][]) => () =>
    heatMap({ rows: ["a"], columns: ["b", "c"], values }, { title: "t", summary: "s" });
  assert.throws(draw([[1]]), /a value for each of 1 × 2 cells: current value is rows of 1/);
  assert.throws(draw([]), RangeError);
  assert.doesNotThrow(draw([[0, NaN]]));
});
