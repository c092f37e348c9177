import assert from "node:assert/strict";
import { type Matrix, Random, tf } from "curio";
import { integersBetween } from "../../lib/query/dissimilarity.ts";
import { nearestNeighbours } from "../../lib/query/nearest_neighbours.ts";
import { squaredEuclidean } from "../../lib/query/squared_euclidean.ts";

/** Rows drawn from few different points, so that many are equally near, or from a continuum. */
function points(rows: number, { different }: { readonly different: boolean }): Matrix {
  const random = new Random(rows);
  const data = Float32Array.from({ length: rows * 3 }, () => different ? random.normal() : random.integer(4));
  return { rows, columns: 3, data };
}

for (const different of [true, false]) {
  const which = different ? "rows that all differ" : "rows of which many coincide";
  Deno.test(`nearestNeighbours() among themselves are those found one by one, of ${which}`, async () => {
    const before = tf.memory().numTensors;
    const distances = squaredEuclidean(points(2500, { different }));
    const everyone = integersBetween(0, 2500);
    const count = 5;
    const found = await nearestNeighbours(distances, { items: everyone, others: everyone, count });
    for (const item of [0, 1, 1023, 1024, 1234, 2499]) {
      const values = Float64Array.from(everyone, (other) => distances.value(item, other));
      const expected = everyone.filter((other) => other !== item)
        .sort((a, b) => values[a] - values[b] || a - b).slice(0, count);
      const its = [item * count, (item + 1) * count] as const;
      assert.deepEqual([...found.items.subarray(...its)], [...expected]);
      assert.deepEqual([...found.values.subarray(...its)], Array.from(expected, (other) => values[other]));
    }
    const some = await nearestNeighbours(distances, { items: everyone.slice(), others: everyone, count });
    assert.deepEqual(found, some);
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("nearestNeighbours() gives no neighbours where none are asked for", async () => {
  const distances = squaredEuclidean(points(4, { different: true }));
  const everyone = integersBetween(0, 4);
  const { items, values } = await nearestNeighbours(distances, { items: everyone, others: everyone, count: 0 });
  assert.deepEqual([items.length, values.length], [0, 0]);
});
