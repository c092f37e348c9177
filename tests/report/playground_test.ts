import assert from "node:assert/strict";
import { marginSampling, matrix, type Play, playground, playStrategy, Random, toyPlane } from "curio";
import { hostileNames } from "./samples.ts";

// Two classes, told apart by x < 0 or x > 0; item 2 is asked for.
const small: Play = {
  strategy: "byHand",
  family: "baseline",
  plane: {
    points: matrix([[-1, 0], [1, 0], [0, 1], [0, -1]]),
    labels: Int32Array.of(0, 1, 0, 1),
    regions: ["cloud", "cloud", "outlier", "cluster"],
    classCount: 2,
  },
  steps: [{
    labelled: Int32Array.of(0, 1),
    asked: Int32Array.of(2),
    accuracy: 0.75,
    weights: Float64Array.of(-1, 0, 0, 1, 0, 0),
  }],
};
const dashedLines = (svg: string) => [...svg.matchAll(/<line ([^>]*dasharray[^>]*)>/g)].map(([, line]) => line);

Deno.test("playground() says in words what it shows", () => {
  const { svg, summary } = playground([small], { title: "By hand" });
  assert.equal(
    summary,
    "byHand: the probe is right for 75.0 % at 2 labels; of 1 items asked for, 0 lie in the dense cluster and 1 are outliers.",
  );
  assert.match(svg, /aria-label="By hand\. byHand: the probe is right/);
});

Deno.test("playground() draws the probe's boundary where two classes are equally likely, from edge to edge", () => {
  const [, boundary] = dashedLines(playground([small]).svg); // the first is the legend's
  const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((key) => Number(boundary.match(` ?${key}="([^"]+)"`)![1]));
  assert.equal(x1, 116); // the middle of a panel 232 wide
  assert.equal(x2, 116);
  assert.equal(Math.abs(y2 - y1), 172);
});

Deno.test("playground() draws no boundary where nothing is learnt, nor where a third class is likelier all along", () => {
  const [step] = small.steps;
  const untrained = { ...small, steps: [{ ...step, weights: new Float64Array(6) }] };
  assert.equal(dashedLines(playground([untrained]).svg).length, 1);
  const beaten = { ...small, steps: [{ ...step, weights: Float64Array.of(-1, 0, 0, 1, 0, 0, 0, 0, 9) }] };
  assert.equal(dashedLines(playground([beaten]).svg).length, 1); // class 2 everywhere in the frame
});

Deno.test("playground() has a panel for each step, and numbers what is asked for", async () => {
  const plane = toyPlane(new Random("plane"));
  const { svg } = playground([await playStrategy(marginSampling(), plane, { random: new Random(1) })]);
  assert.deepEqual([...svg.matchAll(/(\d+) labels · probe/g)].map(([, count]) => count), ["5", "10", "20"]);
  assert.equal(svg.match(/<circle/g)!.length, 1 + 5 + 10 + 10); // the legend's, then the discs
  assert.equal(svg.match(/stroke="#1f1f1f"/g)!.length, 3 + 5 + 10 + 20); // labelled items, likewise
});

Deno.test("playground() escapes hostile names", () => {
  const { svg } = playground(hostileNames.map((strategy) => ({ ...small, strategy })));
  assert.doesNotMatch(svg, /<script/);
});

Deno.test("playground() refuses to show no play", () => {
  assert.throws(() => playground([]), /at least one play: current value is an empty list/);
});
