import assert from "node:assert/strict";
import { matrix, probCover, pureRadius, Random, rowOf, tf } from "curio";
import { waves } from "./waves.ts";

const points = waves(200, 3, 1);
const distance = (x: Float32Array, y: Float32Array) => Math.hypot(...x.map((value, at) => value - y[at]));

Deno.test("probCover() covers the most uncovered rows with every pick", async () => {
  const before = tf.memory().numTensors;
  const labelled = waves(3, 3, 100);
  const radius = 0.6;
  const { rows, scores } = await probCover(points, { k: 40, random: new Random(1), radius, labelled });
  const covered = Array.from(
    { length: 200 },
    (_, row) => [0, 1, 2].some((known) => distance(rowOf(points, row), rowOf(labelled, known)) < radius),
  );
  for (let pick = 0; pick < 40; pick++) {
    const gains = Array.from(
      { length: 200 },
      (_, centre) =>
        covered.filter((done, row) => !done && distance(rowOf(points, row), rowOf(points, centre)) < radius).length,
    );
    assert.equal(scores[pick], Math.max(...gains));
    assert.equal(gains[rows[pick]], scores[pick]);
    covered.forEach((done, row) => {
      covered[row] = done || distance(rowOf(points, row), rowOf(points, rows[pick])) < radius;
    });
  }
  assert.equal(new Set(Array.from(rows)).size, 40);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("probCover() counts a row at the very radius as not covered", async () => {
  const { scores } = await probCover(matrix([[0], [1], [2]]), { k: 1, random: new Random(1), radius: 1 });
  assert.deepEqual(Array.from(scores), [1]);
});

Deno.test("pureRadius() is the largest with which enough balls are pure", async () => {
  // Two heaps, 10 apart: no ball reaches the other heap up to a radius of 10 − 1 − 1 from the nearest rows.
  const heaps = matrix([[-1], [0], [1], [9], [10], [11]]);
  const radius = (purity: number) => pureRadius(heaps, { classes: 2, random: new Random(1), purity });
  assert.equal(await radius(1), 8);
  assert.equal(await radius(4 / 6), 9);
  assert.equal(await pureRadius(matrix([[3], [3]]), { classes: 2, random: new Random(1) }), 1);
});

Deno.test("probCover() says what is wrong with its options", async () => {
  const random = new Random(1);
  await assert.rejects(probCover(points, { k: 1, random, radius: 0 }), /radius must be above 0: current value is 0/);
  await assert.rejects(pureRadius(points, { classes: 2, random, purity: 0 }), /purity must be in \(0, 1\]/);
});
