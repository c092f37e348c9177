import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "curio";
import { apportion } from "../../lib/data/apportion.ts";

Deno.test("apportion() gives out every seat, none a whole seat off its quota", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 1 }), fc.nat(500), fc.integer(), (weights, seats, seed) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    fc.pre(total > 0);
    const given = apportion(weights, { seats, random: new Random(seed) });
    assert.equal(given.reduce((sum, count) => sum + count, 0), seats);
    given.forEach((count, place) => {
      assert.ok(Math.abs(count - seats * weights[place] / total) < 1);
      if (seats <= total) assert.ok(count <= weights[place]);
    });
  }));
});

Deno.test("apportion() is Hamilton's method, Alabama paradox and all", () => {
  // The textbook case: quotas 4.286, 4.286, 1.429 of 10 seats; 4.714, 4.714, 1.571 of 11, where the smallest loses one.
  const random = new Random(0);
  assert.deepEqual(apportion([6, 6, 2], { seats: 10, random }), Int32Array.of(4, 4, 2));
  assert.deepEqual(apportion([6, 6, 2], { seats: 11, random }), Int32Array.of(5, 5, 1));
});

Deno.test("apportion() decides ties at random", () => {
  const winners = Array.from(
    { length: 50 },
    (_, seed) => apportion([1, 1, 1], { seats: 1, random: new Random(seed) }).indexOf(1),
  );
  assert.deepEqual(new Set(winners), new Set([0, 1, 2]));
});
