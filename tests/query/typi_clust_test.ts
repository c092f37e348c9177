import assert from "node:assert/strict";
import { matrix, Random, tf, typicality, typiClust } from "curio";
import { assertClose } from "./close_to.ts";
import { waves } from "./waves.ts";

Deno.test("typicality() is one over the mean distance to the nearest neighbours", async () => {
  // NumPy 2.4.6: D = np.sort(pairwise_distances(X), 1)[:, 1:]; 1 / D[:, :K].mean(1), K = 5 and 30 // 2
  const points = waves(30, 4, 1);
  const near = await typicality(points, { neighbours: 5 });
  assertClose(near.subarray(0, 5), [0.973761351, 1.05374616, 1.00966442, 0.940400207, 0.834112094]);
  assertClose((await typicality(points)).subarray(0, 5), [
    0.665242514,
    0.635690295,
    0.626054618,
    0.73598736,
    0.549290712,
  ]);
});

Deno.test("typicality() of twins is Infinity, of one row alone 0", async () => {
  assert.deepEqual([...await typicality(matrix([[2, 2], [2, 2]]))], [Infinity, Infinity]);
  assert.deepEqual([...await typicality(matrix([[2, 2]]))], [0]);
});

/** Three heaps of 12, 9 and 6 points, each on crosses of radius 1, 3, 9 about its typical point, which comes first. */
const heaps = matrix([12, 9, 6].flatMap((size, heap) =>
  Array.from({ length: size }, (_, at) => {
    const radius = at === 0 ? 0 : 3 ** Math.floor((at - 1) / 4);
    return [
      100 * heap + radius * Math.round(Math.cos(at * Math.PI / 2)),
      radius * Math.round(Math.sin(at * Math.PI / 2)),
    ];
  })
));

Deno.test("typiClust() asks for the most typical of each cluster, the largest first", async () => {
  const { rows, scores } = await typiClust(heaps, { k: 3, random: new Random(1) });
  assert.deepEqual(Array.from(rows), [0, 12, 21]);
  assertClose(scores, [0.6, 1, 1]);
});

Deno.test("typiClust() begins with the clusters that have fewest labels", async () => {
  const labelled = matrix([[0, 0.5], [100, 0.5]]);
  const { rows } = await typiClust(heaps, { k: 1, labelled, random: new Random(1), maxClusters: 3 });
  assert.deepEqual(Array.from(rows), [21]);
});

Deno.test("typiClust() passes over small clusters until there are no others", async () => {
  const source = matrix([...Array.from({ length: 8 }, (_, at) => [at / 10]), [500]]);
  const options = { random: new Random(3), maxClusters: 2 };
  const { rows } = await typiClust(source, { k: 9, ...options });
  assert.equal(Array.from(rows).indexOf(8), 8);
});

Deno.test("typiClust() gives every row once when all are asked for, and leaves no tensors", async () => {
  const before = tf.memory().numTensors;
  const { rows } = await typiClust(heaps, { k: 27, random: new Random(1) });
  assert.deepEqual(Array.from(rows).sort((a, b) => a - b), Array.from({ length: 27 }, (_, row) => row));
  assert.equal(tf.memory().numTensors, before);
});
