import assert from "node:assert/strict";
import fc from "fast-check";
import { hash64, packHashes, unpackHashes } from "../../lib/runtime/hash64.ts";

// scikit-learn's murmurhash3_32 with seed 1 and seed 0, as the high and the low half.
const known: readonly [text: string, hash: bigint][] = [
  ["", 0x514e28b700000000n],
  ["a", 0x588adce83c2569b2n],
  ["test", 0x99c02ae2ba6bd213n],
  ["abc\xff\xfe", 0x8be1494fc5708a81n],
  ["The quick brown fox jumps over the lazy dog", 0x78e69e272e4ff723n],
];

Deno.test("hash64() is MurmurHash3_x86_32 from two seeds", () => {
  for (const [text, hash] of known) {
    assert.equal(hash64(Uint8Array.from(text, (letter) => letter.charCodeAt(0))), hash);
  }
});

Deno.test("hash64() tells apart images that differ in one pixel", () => {
  const pixels = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(fc.property(pixels, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, change) => {
    const other = Uint8Array.from(bytes);
    other[place % bytes.length] ^= change;
    assert.notEqual(hash64(other), hash64(bytes));
  }));
});

Deno.test("unpackHashes() gives back what packHashes() packed", () => {
  fc.assert(fc.property(fc.bigUint64Array(), (hashes) => assert.deepEqual(unpackHashes(packHashes(hashes)), hashes)));
});
