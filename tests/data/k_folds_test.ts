import assert from "node:assert/strict";
import fc from "fast-check";
import { kFolds, Random } from "curio";

Deno.test("kFolds() validates on every image once, with folds and classes even to within one image", () => {
  const counts = fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(counts, fc.integer({ min: 2, max: 5 }), fc.integer(), (counts, folds, seed) => {
    const labels = counts.flatMap((count, label) => new Array(count).fill(label));
    const splits = kFolds(labels, { folds, random: new Random(seed) });
    assert.equal(splits.length, folds);
    const validated = splits.flatMap(({ validation }) => [...validation]);
    assert.deepEqual(validated.toSorted((a, b) => a - b), labels.map((_, index) => index));
    for (const { train, validation } of splits) {
      assert.deepEqual([...train, ...validation].toSorted((a, b) => a - b), labels.map((_, index) => index));
      assert.ok(Math.abs(validation.length - labels.length / folds) < 1);
      counts.forEach((count, label) => {
        const found = validation.filter((index) => labels[index] === label).length;
        assert.ok(Math.abs(found - count / folds) < 1);
      });
    }
  }));
});

Deno.test("kFolds() is the same for the same seed, another for another", () => {
  const labels = Int32Array.from({ length: 60 }, (_, index) => index % 3);
  assert.deepEqual(kFolds(labels, { random: new Random(1) }), kFolds(labels, { random: new Random(1) }));
  assert.notDeepEqual(kFolds(labels, { random: new Random(1) }), kFolds(labels, { random: new Random(2) }));
});

Deno.test("kFolds() refuses one fold, and more folds than a class has images", () => {
  const random = new Random(0);
  assert.throws(() => kFolds([0, 0, 1, 1], { folds: 1, random }), /at least 2: current value is 1/);
  assert.throws(() => kFolds([0, 0, 0, 1, 1], { folds: 3, random }), /class 1 has 2\. Make fewer folds/);
});
