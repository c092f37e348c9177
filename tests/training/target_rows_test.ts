import assert from "node:assert/strict";
import { targetRows } from "../../lib/training/target_rows.ts";

Deno.test("targetRows() are distributions", () => {
  assert.deepEqual([...targetRows([1, 0], { classes: 2 })], [0, 1, 1, 0]);
  assert.deepEqual(targetRows([1], { classes: 4, labelSmoothing: 0.2 }), Float32Array.of(0.05, 0.85, 0.05, 0.05));
});
