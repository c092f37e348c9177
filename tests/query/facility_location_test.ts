import assert from "node:assert/strict";
import fc from "fast-check";
import { facilityLocation, matrix, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waves } from "./waves.ts";

Deno.test("facilityLocation() picks what the greedy rule picks in NumPy", async () => {
  // NumPy 2.4.6, S = (1 + cosine_similarity) / 2: cur = S[:, labelled].max(1); again and again the argmax of
  // np.maximum(S - cur[:, None], 0).sum(0)
  const before = tf.memory().numTensors;
  const { rows, scores } = await facilityLocation(waves(30, 4, 1), { k: 4, labelled: waves(5, 4, 100) });
  assert.deepEqual(Array.from(rows), [28, 13, 11, 9]);
  assertClose(scores, [1.55038737, 0.927608166, 0.725805168, 0.374852193], 1e-5);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("facilityLocation() reaches 1 − 1/e of the best there is", async () => {
  const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 3,
    maxLength: 8,
  });
  await fc.assert(fc.asyncProperty(some, fc.integer({ min: 1, max: 3 }), async (rows, k) => {
    const value = (chosen: readonly number[]) =>
      rows.reduce(
        (sum, [x, y]) => sum + Math.max(...chosen.map((c) => 1 / (1 + Math.hypot(x - rows[c][0], y - rows[c][1])))),
        0,
      );
    const subsets = (from: number, size: number): number[][] =>
      size === 0
        ? [[]]
        : rows.slice(from).flatMap((_, at) => subsets(from + at + 1, size - 1).map((rest) => [from + at, ...rest]));
    const best = Math.max(...subsets(0, k).map(value));
    const picks = await facilityLocation(matrix(rows), { k, similarity: "euclidean" });
    assert.ok(value(Array.from(picks.rows)) >= (1 - 1 / Math.E) * best);
    assert.ok(Math.abs(Array.from(picks.scores).reduce((a, b) => a + b, 0) - value(Array.from(picks.rows))) < 1e-3);
  }));
});
