import assert from "node:assert/strict";
import fc from "fast-check";
import { initialSet, Random } from "curio";

const labels = Int32Array.from({ length: 100 }, (_, index) => index < 70 ? 0 : index < 95 ? 1 : 2);

const countsOf = (chosen: Int32Array) => {
  const counts = [0, 0, 0];
  for (const index of chosen) counts[labels[index]]++;
  return counts;
};

Deno.test("initialSet() has exactly the size asked for, and no image twice", () => {
  const balance = fc.constantFrom("balanced" as const, "proportional" as const);
  fc.assert(fc.property(fc.nat(15), balance, fc.integer(), (size, balance, seed) => {
    const chosen = initialSet(labels, { size, balance, random: new Random(seed) });
    assert.equal(new Set(chosen).size, size);
    const counts = countsOf(chosen);
    if (balance === "balanced") assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
    else counts.forEach((count, label) => assert.ok(Math.abs(count - size * [0.7, 0.25, 0.05][label]) < 1));
  }));
});

Deno.test("initialSet() gives the odd image of a balanced set to a random class", () => {
  const odd = Array.from(
    { length: 40 },
    (_, seed) => countsOf(initialSet(labels, { size: 4, random: new Random(seed) })).indexOf(2),
  );
  assert.deepEqual(new Set(odd), new Set([0, 1, 2]));
});

Deno.test("initialSet() is in random order, the same for the same seed", () => {
  const chosen = initialSet(labels, { size: 15, random: new Random(1) });
  assert.deepEqual(chosen, initialSet(labels, { size: 15, random: new Random(1) }));
  assert.notDeepEqual(chosen, chosen.toSorted());
  assert.notDeepEqual(chosen, initialSet(labels, { size: 15, random: new Random(2) }));
});

Deno.test("initialSet() refuses what the classes cannot give", () => {
  const random = new Random(0);
  assert.throws(
    () => initialSet(labels, { size: 18, random }),
    /every class must have 6 images: class 2 has 5\. Choose fewer, or balance: "proportional"/,
  );
  assert.throws(() => initialSet(labels, { size: 101, random }), /0…100: current value is 101/);
  assert.throws(() => initialSet(labels, { size: 2.5, random }), RangeError);
  assert.equal(initialSet(labels, { size: 100, balance: "proportional", random }).length, 100);
});
