import assert from "node:assert/strict";
import {
  cosineDiversitySampling,
  type Distance,
  greedyMaxMin,
  kCenterGreedySampling,
  type Matrix,
  poolView,
  Random,
  type RowReader,
  tf,
} from "curio";
import { assertClose } from "./close_to.ts";
import { integersBetween } from "../../lib/query/dissimilarity.ts";
import { cosineDistance } from "../../lib/query/cosine_distance.ts";
import { inBlocks } from "../../lib/query/in_blocks.ts";
import { squaredEuclidean } from "../../lib/query/squared_euclidean.ts";

/** A reader whose last block is spoilt by the next, like a file's that has one buffer, and the most rows of any. */
function reader({ rows, columns, data }: Matrix): RowReader & { readonly largest: () => number } {
  let last = new Float32Array(0);
  let largest = 0;
  return {
    rows,
    columns,
    largest: () => largest,
    read(first, count) {
      last.fill(NaN);
      last = data.slice(first * columns, (first + count) * columns);
      largest = Math.max(largest, count);
      return Promise.resolve({ rows: count, columns, data: last });
    },
  };
}

function normal(rows: number, seed: string): Matrix {
  const random = new Random(seed);
  return { rows, columns: 6, data: Float32Array.from({ length: rows * 6 }, () => random.normal()) };
}

for (const measure of [squaredEuclidean, cosineDistance]) {
  Deno.test(`inBlocks() gives the numbers of ${measure.name}() in memory`, async () => {
    const before = tf.memory().numTensors;
    const [rows, others] = [normal(40, "rows"), normal(3, "others")];
    const near = measure(rows, others);
    const far = await inBlocks(measure, { rows: reader(rows), others });
    assert.deepEqual([far.count, far.factor, far.terms], [near.count, near.factor, near.terms]);
    assert.deepEqual([far.base, far.norm], [near.base, near.norm]);
    const some = Int32Array.of(41, 3, 3, 39, 0, 42);
    const other = Int32Array.of(40, 5, 41, 0, 12, 42);
    for (const [lefts, rights] of [[some, other], [other, some], [some, some], [integersBetween(0, 43), other]]) {
      assertClose(await far.products(lefts, rights), await near.products(lefts, rights), 1e-5);
      const count = Math.min(lefts.length, rights.length);
      const pairs = [lefts.subarray(0, count), rights.subarray(0, count)] as const;
      assert.deepEqual(await far.values(...pairs), near.values!(...pairs));
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

for (const distance of ["euclidean", "cosine"] satisfies Distance[]) {
  for (const labelled of [undefined, normal(20, "labelled")]) {
    const start = labelled ? "with labels" : "cold";
    Deno.test(`greedyMaxMin() by ${distance}, ${start}, picks from blocks what it picks from memory`, async () => {
      const points = normal(9000, "points");
      points.data[6 * 17] = NaN;
      const options = { k: 200, distance, labelled, random: undefined, outliers: 2 };
      const source = reader(points);
      const fromBlocks = await greedyMaxMin(source, options);
      assert.deepEqual(fromBlocks, await greedyMaxMin(points, options));
      assert.ok(source.largest() < 9000);
    });
  }
}

Deno.test("greedyMaxMin() weighs candidates from blocks as it weighs those in memory", async () => {
  const points = normal(9000, "points");
  const random = new Random("weights");
  const options = { k: 50, weights: Float64Array.from({ length: 9000 }, () => random.next()) };
  assert.deepEqual(await greedyMaxMin(reader(points), options), await greedyMaxMin(points, options));
});

Deno.test("greedyMaxMin() compares distributions from a reader as well", async () => {
  const rows = { rows: 3, columns: 2, data: Float32Array.of(0.5, 0.5, 0.9, 0.1, 0.1, 0.9) };
  const options = { k: 3, distance: "jensenShannon" } as const;
  assert.deepEqual(await greedyMaxMin(reader(rows), options), await greedyMaxMin(rows, options));
});

for (const strategy of [kCenterGreedySampling(), cosineDiversitySampling()]) {
  Deno.test(`${strategy.name} asks a pool in blocks for what it asks one in memory`, async () => {
    const embeddings = normal(50, "pool");
    const [inMemory, blocks] = await Promise.all([
      strategy.select(poolView({ classCount: 2, embeddings }), 9, new Random(1)),
      strategy.select(poolView({ classCount: 2, embeddingBlocks: reader(embeddings) }), 9, new Random(1)),
    ]);
    assert.deepEqual(blocks, inMemory);
  });
}
