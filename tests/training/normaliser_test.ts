import assert from "node:assert/strict";
import { normaliser } from "../../lib/training/normaliser.ts";

Deno.test("normaliser() shifts and scales each channel by its own statistics", () => {
  const colour = normaliser({ mean: [0, 0.5, 1], deviation: [1, 0.5, 2] });
  assert.deepEqual([...colour(Uint8Array.of(255, 255, 255, 0, 0, 0))], [1, 1, 0, 0, -1, -0.5]);
  const grey = normaliser({ mean: [0.2], deviation: [0.1] });
  assert.deepEqual([...grey(Uint8Array.of(51, 0))], [0, -2]);
});
