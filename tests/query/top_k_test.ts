import assert from "node:assert/strict";
import { Random, topK } from "curio";
import fc from "fast-check";

const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double()), { maxLength: 60 });

Deno.test("topK() takes the best first, as a full stable sort does", () => {
  fc.assert(fc.property(scores, fc.nat(70), fc.boolean(), (values, k, largest) => {
    const worse = (place: number) => Number.isNaN(values[place]) ? Infinity : (largest ? -1 : 1) * values[place];
    const rank = (place: number) => Number.isNaN(values[place]) ? 1 : 0;
    const sorted = values.map((_, place) => place)
      .sort((a, b) => rank(a) - rank(b) || (worse(a) < worse(b) ? -1 : worse(a) > worse(b) ? 1 : a - b));
    assert.deepEqual([...topK(values, k, { largest })], sorted.slice(0, k));
  }));
});

Deno.test("topK() breaks ties by lot, and by id rather than place", () => {
  const ids = [11, 12, 13, 14, 15, 16, 17, 18];
  const picked = (seed: number, order: readonly number[]) => {
    const places = topK(new Float64Array(8), 3, { random: new Random(seed), ids: order });
    return Array.from(places, (place) => order[place]);
  };
  assert.deepEqual(picked(1, ids), picked(1, ids.toReversed()));
  const outcomes = new Set([1, 2, 3, 4, 5].map((seed) => `${picked(seed, ids)}`));
  assert.ok(outcomes.size > 1, "five seeds must not all draw alike");
});

Deno.test("topK() gives every tied item the same chance", () => {
  const counts = new Int32Array(5);
  const random = new Random("chances");
  for (let draw = 0; draw < 2000; draw++) counts[topK([1, 1, 1, 1, 1], 1, { random })[0]]++;
  // Binomial(2000, 1/5): mean 400, deviation 18; five deviations.
  for (const count of counts) assert.ok(Math.abs(count - 400) < 90, `${counts}`);
});

Deno.test("topK() takes a score that is no number last", () => {
  assert.deepEqual([...topK([NaN, -Infinity, 2, NaN], 4)], [2, 1, 0, 3]);
  assert.deepEqual([...topK([NaN, Infinity, 2], 2, { largest: false })], [2, 1]);
});

Deno.test("topK() gives what there is, and nothing for k = 0", () => {
  assert.equal(topK([3, 4], 0).length, 0);
  assert.equal(topK([], 3).length, 0);
  assert.deepEqual([...topK([3, 4], 9)], [1, 0]);
  assert.throws(() => topK([1], -1), RangeError);
  assert.throws(() => topK([1], 0.5), RangeError);
});

Deno.test("topK() leaves the scores as they were", () => {
  const values = Float64Array.of(2, NaN, 1);
  topK(values, 2);
  assert.deepEqual(values, Float64Array.of(2, NaN, 1));
});

Deno.test("topK() orders 300,000 equal scores", () => {
  const count = 300_000;
  const places = topK(new Float64Array(count), count);
  assert.equal(places.length, count);
  assert.ok(places.every((place, rank) => place === rank));
});
