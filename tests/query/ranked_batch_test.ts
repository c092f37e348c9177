import assert from "node:assert/strict";
import { leastConfidence, matrix, rankedBatch, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waveDistributions, waves } from "./waves.ts";

const points = waves(30, 4, 1);
const labelled = waves(5, 4, 100);
const uncertainty = leastConfidence(waveDistributions(30, 3, 2));

Deno.test("rankedBatch() picks step by step what modAL picks", async () => {
  // modAL-python 0.4.2.1: ranked_batch(classifier with X_training, X_pool, 1 - p.max(1), 6, "euclidean", 1);
  // scores from its formula with scikit-learn 1.9.1 distances.
  const { rows, scores } = await rankedBatch(points, { k: 6, uncertainty, labelled });
  assert.deepEqual(Array.from(rows), [29, 13, 16, 14, 28, 12]);
  assertClose(scores, [0.658192091, 0.625953785, 0.581490356, 0.565013093, 0.557739837, 0.539790829]);
});

Deno.test("rankedBatch() starts where modAL starts when nothing is labelled", async () => {
  // modAL-python 0.4.2.1, X_training = None: [21, 20, 29, 13].
  const { rows, scores } = await rankedBatch(points, { k: 4, uncertainty });
  assert.deepEqual(Array.from(rows), [21, 20, 29, 13]);
  assert.equal(scores[0], 1);
});

Deno.test("rankedBatch() agrees with the definition to the last row", async () => {
  const distance = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2, 3].map((at) => points.data[4 * a + at] - points.data[4 * b + at]));
  const toLabelled = (a: number) =>
    Math.min(
      ...[0, 1, 2, 3, 4].map((b) =>
        Math.hypot(...[0, 1, 2, 3].map((at) => points.data[4 * a + at] - labelled.data[4 * b + at]))
      ),
    );
  const nearest = Array.from({ length: 30 }, (_, row) => toLabelled(row));
  const left = new Set(nearest.keys());
  const expected: number[] = [];
  while (left.size > 0) {
    const alpha = left.size / 35;
    const score = (row: number) => alpha * (1 - 1 / (1 + nearest[row])) + (1 - alpha) * uncertainty[row];
    const pick = [...left].reduce((best, row) => score(row) > score(best) ? row : best);
    expected.push(pick);
    left.delete(pick);
    nearest.forEach((value, row) => nearest[row] = Math.min(value, distance(row, pick)));
  }
  assert.deepEqual(Array.from((await rankedBatch(points, { k: 30, uncertainty, labelled })).rows), expected);
});

Deno.test("rankedBatch() never picks a duplicate twice, takes NaN last, and leaves no tensors", async () => {
  const before = tf.memory().numTensors;
  const source = matrix([[1], [1], [NaN], [1]]);
  const { rows } = await rankedBatch(source, { k: 4, uncertainty: [0.1, 0.3, 0.9, 0.2] });
  assert.equal(new Set(Array.from(rows)).size, 4);
  assert.equal(rows[3], 2);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("rankedBatch() wants one uncertainty for each row", async () => {
  await assert.rejects(rankedBatch(points, { k: 1, uncertainty: [1] }), /each of 30 rows: current value is 1/);
});
