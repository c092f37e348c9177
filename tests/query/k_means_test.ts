import assert from "node:assert/strict";
import fc from "fast-check";
import { kMeans, kMeansPlusPlus, matrix, nearestToCentres, Random, rowOf, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waves } from "./waves.ts";

const points = waves(30, 4, 1);
const random = () => new Random(1);

Deno.test("kMeans() ends where scikit-learn ends from the same seeds", async () => {
  // scikit-learn 1.9.1: KMeans(3, init=X[[0, 1, 2]], n_init=1, tol=0).fit(X)
  const { assignments, centres, distances } = await kMeans(points, {
    clusters: 3,
    random: random(),
    seeds: Int32Array.of(0, 1, 2),
    tolerance: 0,
  });
  assert.equal([...assignments].join(""), "012002110220110122012002110220");
  assertClose(
    centres.data,
    // deno-fmt-ignore
    [
      -0.133791848, 0.352452288, -0.680821673, -0.253423425, 0.654687554, -0.394809816, -7.74785876e-05, 0.506327497,
      -0.445288451, -0.138288898, 0.627042175, -0.213778458,
    ],
  );
  assertClose([distances.reduce((sum, distance) => sum + distance, 0)], [39.2455517], 1e-5);
});

Deno.test("kMeans() weighs rows as scikit-learn's sample_weight does", async () => {
  // scikit-learn 1.9.1: the same with sample_weight = 1 + arange(30) % 4
  const { assignments, centres } = await kMeans(points, {
    clusters: 3,
    random: random(),
    seeds: Int32Array.of(0, 1, 2),
    tolerance: 0,
    weights: Array.from({ length: 30 }, (_, row) => 1 + row % 4),
  });
  assert.equal([...assignments].join(""), "012002110210110122012002110210");
  assertClose(
    centres.data,
    // deno-fmt-ignore
    [
      -0.177829968, 0.269981242, -0.660670332, -0.315117128, 0.394513356, -0.526366162, -0.112511707, 0.536131124,
      -0.331058624, 0.082945986, 0.814421927, -0.403256028,
    ],
  );
});

Deno.test("kMeans() assigns every row to its nearest centre and puts centres at their means", async () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 4,
    maxLength: 60,
  });
  await fc.assert(fc.asyncProperty(rows, fc.integer({ min: 1, max: 4 }), async (given, clusters) => {
    const source = matrix(given);
    const { centres, assignments, distances } = await kMeans(source, { clusters, random: random(), tolerance: 0 });
    const distinct = new Set(given.map(String)).size;
    assert.ok(new Set(assignments).size >= Math.min(clusters, distinct));
    given.forEach(([x, y], row) => {
      const all = Array.from({ length: clusters }, (_, c) => {
        const [a, b] = rowOf(centres, c);
        return (x - a) ** 2 + (y - b) ** 2;
      });
      assert.ok(Math.abs(all[assignments[row]] - distances[row]) < 1e-9);
      assert.ok(distances[row] <= Math.min(...all) + 1e-3);
    });
    for (const cluster of new Set(assignments)) {
      const members = given.filter((_, row) => assignments[row] === cluster);
      const mean = [0, 1].map((at) => members.reduce((sum, member) => sum + member[at], 0) / members.length);
      assertClose(rowOf(centres, cluster), mean, 1e-4);
    }
  }));
});

Deno.test("kMeans() clusters several matrices as one", async () => {
  const { assignments } = await kMeans([matrix([[0], [9]]), matrix([[1], [8]])], { clusters: 2, random: random() });
  assert.equal(assignments[0], assignments[2]);
  assert.equal(assignments[1], assignments[3]);
  assert.notEqual(assignments[0], assignments[1]);
});

Deno.test("kMeans() bears more clusters than distinct rows", async () => {
  const { assignments, distances } = await kMeans(matrix([[1], [1], [1], [1]]), { clusters: 3, random: random() });
  assert.equal(assignments.length, 4);
  assert.deepEqual([...distances], [0, 0, 0, 0]);
});

Deno.test("kMeans() refuses more clusters than rows, and leaves no tensors behind", async () => {
  const before = tf.memory().numTensors;
  await assert.rejects(kMeans(points, { clusters: 31, random: random() }), /in 1…30: current value is 31/);
  await kMeans(points, { clusters: 5, random: random() });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("kMeansPlusPlus() draws seeds by weight times squared distance", async () => {
  // From the first seed, −1, 0 or 3: the chances of the second are its squared distances over their sum.
  const source = matrix([[-1], [0], [3]]);
  const squared = [[0, 1, 16], [1, 0, 9], [16, 9, 0]];
  const weights = [1, 2, 1];
  const draws = 1000;
  const counts = new Float64Array(9);
  for (let draw = 0; draw < draws; draw++) {
    const [a, b] = await kMeansPlusPlus([source], { clusters: 2, random: new Random(draw), weights });
    counts[3 * a + b]++;
  }
  const expected = squared.flatMap((row, a) => {
    const chances = row.map((value, b) => value * weights[b]);
    const total = chances.reduce((sum, chance) => sum + chance, 0);
    return chances.map((chance) => weights[a] / 4 * chance / total);
  });
  // Five standard errors.
  assertClose(counts.map((count) => count / draws), expected, 5 * Math.sqrt(0.25 / draws));
});

Deno.test("nearestToCentres() picks a row of each cluster, the larger clusters first", async () => {
  const source = matrix([[0], [1], [2], [50], [52], [99]]);
  const { rows, scores } = await nearestToCentres(source, { k: 3, random: random() });
  assert.equal(rows[0], 1);
  assert.ok(rows[1] === 3 || rows[1] === 4);
  assert.equal(rows[2], 5);
  assert.deepEqual(Array.from(scores, Math.abs), [0, 1, 0]);
});
