import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "curio";

Deno.test("Random gives the same numbers for the same seed", () => {
  const draw = (seed: number) => Array.from({ length: 5 }, ((random) => () => random.next())(new Random(seed)));
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

Deno.test("Random.child() does not depend on what the parent has drawn", () => {
  const parent = new Random("run");
  const before = parent.child("a").uint32();
  parent.next();
  assert.equal(parent.child("a").uint32(), before);
  assert.notEqual(parent.child("b").uint32(), before);
});

Deno.test("Random continues from its state, children included", () => {
  const random = new Random(3).child("x");
  random.normal();
  const copy = new Random(JSON.parse(JSON.stringify(random.state)));
  assert.equal(copy.next(), random.next());
  assert.equal(copy.child(0).next(), random.child(0).next());
});

Deno.test("Random.permutation() holds every index once", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(200), (seed, count) => {
    const sorted = new Random(seed).permutation(count).sort();
    assert.deepEqual([...sorted], Array.from({ length: count }, (_, index) => index));
  }));
});

Deno.test("Random.sample() draws distinct indices in range", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(50), fc.nat(50), (seed, count, size) => {
    fc.pre(size <= count);
    const sample = [...new Random(seed).sample(count, size)];
    assert.equal(new Set(sample).size, size);
    assert.ok(sample.every((index) => index >= 0 && index < count));
  }));
});

Deno.test("Random.integer() is uniform: chi-squared over 7 values stays below its 0.1 % point", () => {
  const random = new Random(11);
  const counts = new Array(7).fill(0);
  for (let draw = 0; draw < 70_000; draw++) counts[random.integer(7)]++;
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquared < 22.46, `${chiSquared}`); // chi-squared, 6 degrees of freedom, p = 0.001
});

Deno.test("Random.normal() has mean 0 and variance 1", () => {
  const random = new Random(5);
  const draws = Array.from({ length: 100_000 }, () => random.normal());
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + x * x, 0) / draws.length - mean ** 2;
  assert.ok(Math.abs(mean) < 0.015 && Math.abs(variance - 1) < 0.03, `${mean} ${variance}`); // over 4 standard errors
});

Deno.test("Random.integer() and sample() refuse bounds that cannot be met", () => {
  assert.throws(() => new Random(0).integer(0), /1…2\^32: current value is 0/);
  assert.throws(() => new Random(0).sample(3, 4), /0…3: current value is 4/);
});
