import { Buffer } from "node:buffer";

/**
 * A 64-bit fingerprint of bytes, for finding equal content quickly: MurmurHash3_x86_32 (Appleby, 2011) from two seeds,
 * 0 in the low and 1 in the high half. Not for keeping secrets: whoever wants to can make two contents of one hash.
 *
 * @example
 * ```ts
 * import { hash64 } from "./hash64.ts";
 * import assert from "node:assert/strict";
 *
 * const bytes = new TextEncoder().encode("test");
 * assert.equal(hash64(bytes) & 0xffffffffn, 0xba6bd213n); // MurmurHash3_x86_32("test", 0)
 * ```
 */
export function hash64(bytes: Uint8Array): bigint {
  return BigInt(murmur3(bytes, 1)) << 32n | BigInt(murmur3(bytes, 0));
}

function murmur3(bytes: Uint8Array, seed: number): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = seed;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scrambled(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24);
    hash = Math.imul(hash << 13 | hash >>> 19, 5) + 0xe6546b64 | 0;
  }
  let tail = 0;
  for (let at = length - 1; at >= whole; at--) tail = tail << 8 | bytes[at];
  hash ^= scrambled(tail) ^ length;
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}

function scrambled(word: number): number {
  const turned = Math.imul(word, 0xcc9e2d51);
  return Math.imul(turned << 15 | turned >>> 17, 0x1b873593);
}

/** Hashes as base64: 8 bytes each, little-endian. */
export function packHashes(hashes: BigUint64Array): string {
  const bytes = new DataView(new ArrayBuffer(8 * hashes.length));
  hashes.forEach((hash, place) => bytes.setBigUint64(8 * place, hash, true));
  return Buffer.from(bytes.buffer).toString("base64");
}

/** What {@linkcode packHashes} packed; a part of a hash at the end is left out. */
export function unpackHashes(packed: string): BigUint64Array {
  const bytes = new DataView(Uint8Array.from(Buffer.from(packed, "base64")).buffer);
  return BigUint64Array.from(
    { length: Math.floor(bytes.byteLength / 8) },
    (_, place) => bytes.getBigUint64(8 * place, true),
  );
}
