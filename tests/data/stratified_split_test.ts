import assert from "node:assert/strict";
import fc from "fast-check";
import { type PartSize, Random, stratifiedSplit } from "curio";

/** Labels in any order, every class often enough for three parts. */
const someLabels: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 3, max: 40 }), { minLength: 1, maxLength: 8 })
  .chain((counts) => {
    const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
    return fc.shuffledSubarray(labels, { minLength: labels.length });
  });

const countOf = (labels: readonly number[], label: number) => labels.filter((other) => other === label).length;

Deno.test("stratifiedSplit() is disjoint, of exact sizes, ascending, and near the mix of classes", () => {
  fc.assert(
    fc.property(someLabels, fc.nat(), fc.nat(), fc.integer(), (labels, first, second, seed) => {
      const train = first % (labels.length + 1);
      const validation = second % (labels.length - train + 1);
      const sizes: Record<string, PartSize> = { train, validation, test: "rest" };
      const split = stratifiedSplit(labels, { sizes, random: new Random(seed) });
      const { length } = labels;
      assert.deepEqual(Object.values(split).map((part) => part.length), [
        train,
        validation,
        length - train - validation,
      ]);
      const all = Object.values(split).flatMap((part) => [...part]);
      assert.deepEqual(all.toSorted((a, b) => a - b), labels.map((_, index) => index));
      Object.values(split).forEach((part, place) => {
        assert.deepEqual(part, part.toSorted());
        for (const label of new Set(labels)) {
          const share: number = part.length * countOf(labels, label) / length;
          const found: number = countOf([...part].map((index) => labels[index]), label);
          assert.ok(Math.abs(found - share) < place + 1, `part ${place}, class ${label}: ${found}, not ${share}`);
        }
      });
    }),
  );
});

Deno.test("stratifiedSplit() by fractions that add up to 1 uses every image", () => {
  const split = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(someLabels, split, fc.integer(), (labels, weights, seed) => {
    fc.pre(weights.length > 1);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const sizes = Object.fromEntries(weights.map((weight, place) => [`part ${place}`, weight / total]));
    const parts = Object.values(stratifiedSplit(labels, { sizes, random: new Random(seed) }));
    assert.equal(parts.reduce((sum, part) => sum + part.length, 0), labels.length);
    parts.forEach((part, place) => {
      assert.ok(Math.abs(part.length - labels.length * weights[place] / total) < 1);
    });
  }));
});

Deno.test("stratifiedSplit() gives exact shares where they are whole numbers", () => {
  const labels = Int32Array.from({ length: 1000 }, (_, index) => index % 10);
  const sizes = { train: 0.7, validation: 0.1, test: 200 };
  const split = stratifiedSplit(labels, { sizes, random: new Random(3) });
  for (const [part, each] of [["train", 70], ["validation", 10], ["test", 20]] as const) {
    const found = Array.from(split[part], (index) => labels[index]);
    assert.deepEqual(Array.from({ length: 10 }, (_, label) => countOf(found, label)), new Array(10).fill(each));
  }
});

Deno.test("stratifiedSplit() is the same for the same seed, another for another", () => {
  const labels = Int32Array.from({ length: 100 }, (_, index) => index % 5);
  const split = (seed: number) => stratifiedSplit(labels, { sizes: { labelled: 20 }, random: new Random(seed) });
  assert.deepEqual(split(1), split(1));
  assert.notDeepEqual(split(1), split(2));
});

Deno.test("stratifiedSplit() refuses sizes that are no sizes, do not fit, or starve a class", () => {
  const labels = [0, 0, 0, 1, 1];
  const splitting = (sizes: Record<string, PartSize>) => () =>
    stratifiedSplit(labels, { sizes, random: new Random(0) });
  assert.throws(splitting({ train: -1 }), /current value of "train" is -1/);
  assert.throws(splitting({ train: 1.5 }), RangeError);
  assert.throws(splitting({ train: NaN }), RangeError);
  assert.throws(splitting({ train: "rest", test: "rest" }), /only one part may be "rest"/);
  assert.throws(splitting({ train: 5, test: 1 }), /must fit into the 5 images/);
  assert.throws(splitting({ train: 0.8, test: 0.4 }), /must fit into the 5 images/);
  assert.throws(splitting({ train: "rest", validation: 1, test: 1 }), /class 1 has 2\. Leave that class out/);
});
