import assert from "node:assert/strict";
import { Random, tf } from "curio";
import { maxHeap } from "../../lib/query/max_heap.ts";
import { lookFurther, nearestChosen } from "../../lib/query/nearest_chosen.ts";
import { integersBetween } from "../../lib/query/dissimilarity.ts";
import { squaredEuclidean } from "../../lib/query/squared_euclidean.ts";

const candidates = 40;

/** Of 40 candidates and `given` chosen rows: their distances, and how near the nearest chosen one is to each. */
function round(given: number) {
  const random = new Random(given);
  const rows = candidates + given;
  const data = Float32Array.from({ length: rows * 4 }, () => random.normal());
  const distances = squaredEuclidean({ rows, columns: 4, data });
  const exact = Array.from(
    { length: candidates },
    (_, item) => Math.min(...Array.from({ length: given }, (_, at) => distances.value(item, candidates + at))),
  );
  return { distances, exact };
}

for (const given of [1, 16, 17, 100]) {
  Deno.test(`nearest of ${given} chosen: bounds that come to be exact as more is looked at`, async () => {
    const before = tf.memory().numTensors;
    const { distances, exact } = round(given);
    const state = await nearestChosen(distances, { candidates, k: 3 });
    assert.deepEqual([state.given, state.chosen.length], [given, given + 3]);
    state.nearest.forEach((bound, item) => {
      if (state.seen[item] < given) assert.ok(bound >= exact[item]);
      else assert.equal(bound, exact[item]);
    });
    const heap = maxHeap(integersBetween(0, candidates), (a, b) => state.nearest[a] > state.nearest[b]);
    const lowered = new Set<number>();
    while (state.seen.some((seen) => seen < given)) {
      const earlier = state.seen.slice();
      await lookFurther(state, { dissimilarity: distances, heap, onLowered: (row) => lowered.add(row) });
      assert.ok(state.seen.some((seen, item) => seen > earlier[item]));
      assert.equal(heap.size, candidates);
    }
    assert.deepEqual([...state.nearest], exact);
    assert.equal(lowered.size, given > 16 ? candidates : 0);
    assert.equal(tf.memory().numTensors, before);
  });
}
