import assert from "node:assert/strict";
import { leastConfidence, matrix, Random, rankedBatch, rowOf, tf } from "curio";
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

Deno.test("rankedBatch() agrees with the definition where most rows need not be looked at, or all of them", async () => {
  const random = new Random(7);
  const normal = (rows: number) => matrix(Array.from({ length: rows }, () => [random.normal(), random.normal()]));
  const known = normal(200);
  const distance = (x: Float32Array, y: Float32Array) => Math.hypot(x[0] - y[0], x[1] - y[1]);
  // The second source lies within what is labelled, so that nearly all first bounds are far too large.
  for (const scale of [1, 0.05]) {
    const source = normal(900);
    source.data.forEach((value, at) => source.data[at] = scale * value);
    const unsure = Float64Array.from({ length: 900 }, () => random.next());
    const nearest = Array.from(
      { length: 900 },
      (_, row) =>
        Math.min(...Array.from({ length: 200 }, (_, other) => distance(rowOf(source, row), rowOf(known, other)))),
    );
    const left = new Set(nearest.keys());
    const expected: number[] = [];
    while (expected.length < 5) {
      const alpha = left.size / 1100;
      const score = (row: number) => alpha * (1 - 1 / (1 + nearest[row])) + (1 - alpha) * unsure[row];
      const pick = [...left].reduce((best, row) => score(row) > score(best) ? row : best);
      expected.push(pick);
      left.delete(pick);
      nearest.forEach((value, row) =>
        nearest[row] = Math.min(value, distance(rowOf(source, row), rowOf(source, pick)))
      );
    }
    const { rows } = await rankedBatch(source, { k: 5, uncertainty: unsure, labelled: known });
    assert.deepEqual(Array.from(rows), expected);
  }
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
