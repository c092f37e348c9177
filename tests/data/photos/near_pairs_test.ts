import assert from "node:assert/strict";
import fc from "fast-check";
import { nearPairs } from "../../../lib/data/photos/near_pairs.ts";

Deno.test("nearPairs() finds each pair within the distance once, as comparing all with all does", () => {
  // Few bits set, so that many pairs are near.
  const hash = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 6 });
  fc.assert(fc.property(fc.array(hash, { maxLength: 12 }), fc.integer({ min: 0, max: 7 }), (bits, distance) => {
    const halves = bits.flatMap((set) =>
      [0, 32].map((from) =>
        set.filter((bit) => bit >= from && bit < from + 32).reduce((word, bit) => word | 1 << (bit - from), 0)
      )
    );
    const expected = bits.flatMap((one, i) =>
      bits.flatMap((other, j) =>
        j > i && new Set(one).symmetricDifference(new Set(other)).size <= distance ? [`${i} ${j}`] : []
      )
    );
    const found = [...nearPairs(Uint32Array.from(halves), distance)].map(([i, j]) => `${i} ${j}`);
    assert.deepEqual(found.sort(), expected.sort());
  }));
});
