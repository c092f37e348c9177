import assert from "node:assert/strict";
import { conjugateGradients } from "../../lib/models/conjugate_gradients.ts";

// [[4, 1], [1, 3]]·x = (1, 2) has the solution (1/11, 7/11), worked out by hand.
const times = (x: Float64Array) => Promise.resolve(Float64Array.of(4 * x[0] + x[1], x[0] + 3 * x[1]));

Deno.test("conjugateGradients() solves a system of two in two products", async () => {
  const residual = Float64Array.of(1, 2);
  const { solution, left, products } = await conjugateGradients(times, { residual, enough: 1e-20, maxProducts: 10 });
  assert.deepEqual([...solution].map((value) => value.toFixed(9)), [1 / 11, 7 / 11].map((value) => value.toFixed(9)));
  assert.equal(products, 2);
  assert.ok(left <= 1e-20);
  assert.deepEqual(residual, Float64Array.of(1, 2));
});

Deno.test("conjugateGradients() stops where it is near enough, and after maxProducts", async () => {
  const residual = Float64Array.of(1, 2);
  const none = await conjugateGradients(times, { residual, enough: 5, maxProducts: 10 });
  assert.deepEqual([none.products, none.left, ...none.solution], [0, 5, 0, 0]);
  // The first step goes α = rᵀr / rᵀAr = 5/20 along (1, 2), and leaves (1, 2) − ¼·(6, 7).
  const one = await conjugateGradients(times, { residual, enough: 0, maxProducts: 1 });
  assert.deepEqual([one.products, one.left, ...one.solution], [1, 0.5 ** 2 + 0.25 ** 2, 0.25, 0.5]);
});

Deno.test("conjugateGradients() stops where the matrix is not positive", async () => {
  const flat = (x: Float64Array) => Promise.resolve(new Float64Array(x.length));
  const { solution, products } = await conjugateGradients(flat, {
    residual: Float64Array.of(1, 2),
    enough: 0,
    maxProducts: 10,
  });
  assert.deepEqual([products, ...solution], [1, 0, 0]);
});
