import assert from "node:assert/strict";
import { averagingMatrix } from "../../lib/runtime/averaging_matrix.ts";

Deno.test("averagingMatrix() lets windows overlap where they must, as PyTorch's adaptive pooling does", () => {
  // adaptive_avg_pool2d of 1×5 to 1×3: means of the pixels 0–1, 1–3 and 3–4.
  const shares = averagingMatrix([1, 5], [1, 3]);
  const columns = [0, 1, 2].map((window) => [0, 1, 2, 3, 4].map((pixel) => shares[pixel * 3 + window]));
  const third = Math.fround(1 / 3);
  assert.deepEqual(columns, [[0.5, 0.5, 0, 0, 0], [0, third, third, third, 0], [0, 0, 0, 0.5, 0.5]]);
});

Deno.test("averagingMatrix() repeats pixels where there are fewer of them than windows", () => {
  assert.deepEqual([...averagingMatrix([1, 1], [2, 2])], [1, 1, 1, 1]);
});
