import assert from "node:assert/strict";
import { entropySampling, kCenterGreedySampling, playStrategy, Random, randomSampling, toyPlane } from "curio";

const plane = toyPlane(new Random("plane"));
const random = new Random(1);

Deno.test("playStrategy() labels what was asked before it asks again", async () => {
  const { steps } = await playStrategy(kCenterGreedySampling(), plane, { random, labels: [3, 4, 8], lastBatch: 2 });
  assert.deepEqual(steps.map(({ labelled, asked }) => [labelled.length, asked.length]), [[3, 1], [4, 4], [8, 2]]);
  assert.deepEqual(steps[2].labelled, Int32Array.of(...steps[1].labelled, ...steps[1].asked));
});

Deno.test("playStrategy() begins every strategy with the same labels, of every class", async () => {
  const [one, other] = await Promise.all(
    [randomSampling(), entropySampling()].map((strategy) => playStrategy(strategy, plane, { random })),
  );
  assert.deepEqual(one.steps[0].labelled, other.steps[0].labelled);
  assert.equal(new Set(Array.from(one.steps[0].labelled, (item) => plane.labels[item])).size, 3);
  assert.notDeepEqual(one.steps[0].asked, other.steps[0].asked);
});

Deno.test("playStrategy() is a cold start at 0 labels: the probe knows nothing", async () => {
  const { steps: [{ weights, accuracy, asked }] } = await playStrategy(kCenterGreedySampling(), plane, {
    random,
    labels: [0],
  });
  assert.deepEqual(weights, new Float64Array(9));
  assert.equal(accuracy, plane.labels.filter((label) => label === 0).length / 200); // the first of equals
  assert.equal(asked.length, 10);
});

Deno.test("playStrategy() asks for all that is left, and no more", async () => {
  const { steps: [, { labelled, asked }] } = await playStrategy(randomSampling(), plane, { random, labels: [5, 195] });
  assert.deepEqual(Int32Array.of(...labelled, ...asked).sort(), Int32Array.from(plane.labels.keys()));
});

Deno.test("playStrategy() refuses labels that do not grow or are more than the items", async () => {
  for (const labels of [[5, 5], [10, 5], [201], [-1]]) {
    await assert.rejects(playStrategy(randomSampling(), plane, { random, labels }), /must grow from 0 or more to/);
  }
});
