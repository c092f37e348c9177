import assert from "node:assert/strict";
import { SeededDropout, tf } from "curio";

function masked(rate: number, noise: { key: number; stream: number } | undefined, size = 1000): Float32Array {
  const layer = new SeededDropout({ rate });
  layer.noise = noise;
  return tf.tidy(() => (layer.apply(tf.ones([size])) as tf.Tensor).dataSync<"float32">());
}

Deno.test("SeededDropout repeats its mask for the same key and stream, and for no other", () => {
  const mask = masked(0.5, { key: 7, stream: 0 });
  assert.deepEqual(masked(0.5, { key: 7, stream: 0 }), mask);
  assert.notDeepEqual(masked(0.5, { key: 8, stream: 0 }), mask);
  assert.notDeepEqual(masked(0.5, { key: 7, stream: 1 }), mask);
});

Deno.test("SeededDropout drops its share and scales the rest, so that the mean stays", () => {
  const size = 100_000;
  const values = masked(0.3, { key: 0xffffffff, stream: 0 }, size);
  const dropped = values.filter((value) => value === 0).length / size;
  assert.ok(Math.abs(dropped - 0.3) < 0.006, `${dropped}`); // over 4 standard errors
  assert.ok(values.every((value) => value === 0 || value === Math.fround(1 / (1 - 0.3))));
});

Deno.test("SeededDropout lets everything through without noise, and passes the gradient through its mask", () => {
  assert.ok(masked(0.5, undefined).every((value) => value === 1));
  const before = tf.memory().numTensors;
  const layer = new SeededDropout({ rate: 0.5 });
  layer.noise = { key: 3, stream: 2 };
  tf.tidy(() => {
    const gradient = tf.grad((x: tf.Tensor) => (layer.apply(x) as tf.Tensor).sum())(tf.ones([64]));
    assert.deepEqual(gradient.dataSync(), masked(0.5, layer.noise, 64));
  });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("SeededDropout refuses a rate outside [0, 1)", () => {
  assert.throws(() => new SeededDropout({ rate: 1 }), /rate must be in \[0, 1\): current value is 1/);
});
