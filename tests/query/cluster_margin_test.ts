import assert from "node:assert/strict";
import fc from "fast-check";
import { averageLinkage, clusterMargin, clusterMarginSampling, matrix, poolView, Random, tf } from "curio";
import { waves } from "./waves.ts";

Deno.test("averageLinkage() cuts the tree that SciPy builds", async () => {
  // scipy 1.17.1: fcluster(linkage(pdist(X, "sqeuclidean"), "average"), 6, "maxclust"), renumbered by first rows
  const before = tf.memory().numTensors;
  const clusters = await averageLinkage(waves(30, 4, 1), { clusters: 6 });
  assert.equal([...clusters].join(""), "012332100455440542012332100455");
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("averageLinkage() merges as the closest pair of all would be merged, one by one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 2, max: 40 }), async (seed, count) => {
      const random = new Random(seed);
      const points = Array.from({ length: count }, () => [random.normal(), random.normal()]);
      const squared = (a: number, b: number) =>
        (Math.fround(points[a][0]) - Math.fround(points[b][0])) ** 2 +
        (Math.fround(points[a][1]) - Math.fround(points[b][1])) ** 2;
      const wanted = 1 + random.integer(count);
      const groups = points.map((_, row) => [row]);
      while (groups.length > wanted) {
        let closest = { height: Infinity, a: 0, b: 0 };
        for (let a = 0; a < groups.length; a++) {
          for (let b = a + 1; b < groups.length; b++) {
            const all = groups[a].flatMap((x) => groups[b].map((y) => squared(x, y)));
            const height = all.reduce((sum, value) => sum + value, 0) / all.length;
            if (height < closest.height) closest = { height, a, b };
          }
        }
        groups[closest.a].push(...groups.splice(closest.b, 1)[0]);
      }
      const clusters = await averageLinkage(matrix(points), { clusters: wanted });
      const found = Array.from(Map.groupBy(clusters.keys(), (row) => clusters[row]).values(), String);
      assert.deepEqual(found.sort(), groups.map((group) => String(group.sort((a, b) => a - b))).sort());
    }),
    { numRuns: 30 },
  );
});

Deno.test("averageLinkage() bears rows that are all alike", async () => {
  const clusters = await averageLinkage(matrix(Array(20).fill([1, 2])), { clusters: 4 });
  assert.equal(new Set(clusters).size, 4);
});

Deno.test("clusterMargin() lets the clusters of the uncertain rows take turns, the smallest first", async () => {
  // Clusters by size of three: {0 1 2} {3 4 5} {6 7 8}; the six uncertain rows are 0, 1, 2 | 3, 4 | 6.
  const points = matrix([[0], [1], [2], [50], [51], [52], [100], [101], [102]]);
  const margins = [0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.1, 0.9, 0.9];
  const { rows, scores } = await clusterMargin(points, {
    k: 5,
    margins,
    random: new Random(1),
    clusterSize: 3,
    factor: 1.2,
  });
  const clusterOf = Array.from(rows, (row) => Math.floor(row / 3));
  assert.deepEqual(clusterOf, [2, 1, 0, 1, 0]);
  assert.deepEqual(Array.from(scores), Array(5).fill(-0.1));
});

Deno.test("clusterMarginSampling() clusters no more candidates than it is told, but enough", async () => {
  const embeddings = waves(40, 3, 1);
  const probabilities = matrix(Array.from({ length: 40 }, (_, row) => [0.5 + row / 100, 0.5 - row / 100]));
  const view = poolView({ classCount: 2, embeddings, probabilities });
  const strategy = clusterMarginSampling({ candidates: 5 });
  assert.equal(new Set((await strategy.select(view, 5, new Random(1))).indices).size, 5);
  assert.equal(new Set((await strategy.select(view, 12, new Random(1))).indices).size, 12);
});
