import assert from "node:assert/strict";
import fc from "fast-check";
import { type Matrix, Random, tf } from "curio";
import { TypicalMembers } from "../../lib/query/typical_members.ts";

/** Mean distance to the `count` nearest of `others`, turned over. */
function typicality({ columns, data }: Matrix, { item, others, count }: Asked): number {
  const distances = others.filter((other) => other !== item).map((other) => {
    let sum = 0;
    for (let at = 0; at < columns; at++) sum += (data[item * columns + at] - data[other * columns + at]) ** 2;
    return Math.sqrt(sum);
  }).sort((a, b) => a - b).slice(0, count);
  return distances.length === 0 ? 0 : distances.length / distances.reduce((sum, value) => sum + value, 0);
}

interface Asked {
  readonly item: number;
  readonly others: readonly number[];
  readonly count: number;
}

Deno.test("TypicalMembers give the most typical of those left, to the last, of clusters small and large", async () => {
  const before = tf.memory().numTensors;
  const sizes = fc.integer({ min: 1, max: 150 });
  await fc.assert(
    fc.asyncProperty(fc.integer(), sizes, fc.integer({ min: 1, max: 30 }), async (seed, size, neighbours) => {
      const random = new Random(seed);
      const candidates = { rows: 200, columns: 2, data: Float32Array.from({ length: 400 }, () => random.normal()) };
      const items = random.sample(200, size);
      const lots = Float64Array.from({ length: 200 }, () => random.next());
      const members = new TypicalMembers(Int32Array.from(items), { candidates, neighbours, lots });
      let left = Array.from(items);
      while (left.length > 0) {
        assert.equal(members.left, left.length);
        const count = Math.min(neighbours, Math.max(1, left.length >> 1));
        const taken = await members.takeMostTypical();
        const its = left.map((item) => typicality(candidates, { item, others: left, count }));
        assert.ok(left.includes(taken.member));
        assert.ok(Math.abs(taken.typicality - Math.max(...its)) <= 1e-9 * taken.typicality);
        left = left.filter((item) => item !== taken.member);
      }
    }),
    { numRuns: 20 },
  );
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("TypicalMembers who are equally typical go by lot, also those beyond the shortlist", async () => {
  // Fifty pairs of twins.
  const candidates = { rows: 100, columns: 1, data: Float32Array.from({ length: 100 }, (_, row) => 8 * (row >> 1)) };
  const lots = Float64Array.from({ length: 100 }, (_, row) => (row * 37) % 100);
  const members = new TypicalMembers(Int32Array.from({ length: 100 }, (_, row) => row), {
    candidates,
    neighbours: 1,
    lots,
  });
  // The smallest lot of those whose twin is still there.
  const twins = new Set(lots.keys());
  const byLot = [...lots.keys()].sort((a, b) => lots[a] - lots[b]);
  for (let turn = 0; turn < 50; turn++) {
    const expected = byLot.find((row) => twins.has(row))!;
    assert.deepEqual(await members.takeMostTypical(), { member: expected, typicality: Infinity });
    twins.delete(expected);
    twins.delete(expected ^ 1);
  }
});
