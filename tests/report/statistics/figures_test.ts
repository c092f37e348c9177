import assert from "node:assert/strict";
import {
  colorOf,
  compareStrategies,
  differencePlot,
  type Figure,
  labelsSavedPlot,
  learningCurves,
  meanCurves,
  rankDiagram,
  rankStrategies,
  winHeatMap,
  winMatrix,
} from "curio";
import { parseHTML } from "linkedom";
import { sampleRuns } from "./sample_runs.ts";

const runs = sampleRuns({ margin: 0.02, "<b>worst</b>": -0.04 }, { seeds: 8 });
const ranked = () =>
  ["a", "b", "c", "d", "e"].flatMap((dataset) => sampleRuns({ margin: 0.02, badge: 0.021 }, { dataset }));

const drawings: Readonly<Record<string, () => Figure>> = {
  winHeatMap: () => winHeatMap(winMatrix(runs)),
  labelsSavedPlot: () => labelsSavedPlot(compareStrategies(runs)),
  "labelsSavedPlot of censored runs": () => labelsSavedPlot(compareStrategies(runs, { target: 0.79 })),
  "labelsSavedPlot of few seeds": () => labelsSavedPlot(compareStrategies(sampleRuns({ margin: 0.02 }, { seeds: 2 }))),
  differencePlot: () => differencePlot(compareStrategies(runs)),
  "differencePlot of one seed": () => differencePlot(compareStrategies(sampleRuns({ margin: 0.02 }, { seeds: 1 }))),
  rankDiagram: () => rankDiagram(rankStrategies(ranked())),
};

for (const [name, draw] of Object.entries(drawings)) {
  Deno.test(`${name} gives a well-formed SVG that says what it shows`, () => {
    const { svg, summary } = draw();
    const { document } = parseHTML(svg);
    assert.equal(document.querySelectorAll("script, b, style").length, 0);
    assert.equal(document.querySelector("desc")!.textContent, summary);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  });
}

Deno.test("a strategy has the colour of its learning curve in every figure", () => {
  const color = colorOf("<b>worst</b>", ["margin", "<b>worst</b>"]);
  assert.notEqual(color, colorOf("margin", ["margin"]));
  for (const { svg } of [learningCurves(meanCurves(runs)), drawings.labelsSavedPlot(), drawings.differencePlot()]) {
    assert.ok(svg.includes(color));
  }
});

Deno.test("figures say what their intervals are, and when there are none", () => {
  assert.match(drawings.labelsSavedPlot().svg, /line: its 95 % interval/);
  assert.match(drawings["labelsSavedPlot of few seeds"]().svg, /no interval below 6 seeds/);
  assert.match(drawings.differencePlot().summary, /margin 1\.\d \*/);
  assert.match(drawings["differencePlot of one seed"]().svg, /descriptive only: too few seeds to test/);
  assert.match(drawings["labelsSavedPlot of censored runs"]().summary, /worst<\/b> at most −\d+/);
  assert.throws(() => differencePlot([]), /at least one comparison/);
});

Deno.test("winHeatMap() puts first who is beaten least, rankDiagram() who ranks best", () => {
  assert.match(drawings.winHeatMap().summary, /^Beaten least: margin, 0 on average; most: <b>worst<\/b>, 0.\d+;/);
  assert.match(
    drawings.rankDiagram().summary,
    /^Mean ranks, 1 is best: (margin|badge) 1\.\d+, .* random 3\.00\. Ranks closer/,
  );
});
