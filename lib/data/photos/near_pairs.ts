/** 64-bit hashes: the halves of number i at 2i and 2i + 1. */
export type Hashes = Uint32Array;

/** The largest distance that {@linkcode nearPairs} can look for. */
export const furthest = 7;

/**
 * All pairs of hashes that differ in at most `distance` bits. The 64 bits are cut into four words of 16. Of two hashes
 * that differ in 7 bits or fewer, one word differs in at most one bit, so that looking up each word and its 16
 * neighbours finds every pair without comparing all with all (multi-index hashing: Norouzi, Punjani and Fleet, 2012).
 *
 * @yields `[i, j]` with i < j, each pair once
 */
export function* nearPairs(hashes: Hashes, distance: number): Generator<readonly [number, number]> {
  const count = hashes.length / 2;
  const word = (index: number, band: number) => hashes[2 * index + (band >> 1)] >>> (band & 1 ? 16 : 0) & 0xffff;
  const bands = [0, 1, 2, 3];
  const tables = bands.map((band) => Map.groupBy(Array(count).keys(), (index) => word(index, band)));
  const probes = [0, ...Array.from({ length: 16 }, (_, bit) => 1 << bit)];
  for (let i = 0; i < count; i++) {
    for (const band of bands) {
      for (const probe of probes) {
        for (const j of tables[band].get(word(i, band) ^ probe) ?? []) {
          if (j <= i || hammingDistance(hashes, i, j) > distance) continue;
          // Only the first word that brings two together counts.
          const isFirst = bands.slice(0, band).every((earlier) => bitCount(word(i, earlier) ^ word(j, earlier)) > 1);
          if (isFirst) yield [i, j];
        }
      }
    }
  }
}

function hammingDistance(hashes: Hashes, i: number, j: number): number {
  return bitCount(hashes[2 * i] ^ hashes[2 * j]) + bitCount(hashes[2 * i + 1] ^ hashes[2 * j + 1]);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits >>> 0; left !== 0; left = (left & (left - 1)) >>> 0) count++;
  return count;
}
