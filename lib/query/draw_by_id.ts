import type { Random } from "../runtime/random.ts";

/**
 * Uniform numbers in [0, 1) that belong to items, not to places: the number of an id depends on the generator's next
 * 64 bits and the id alone, so that neither the order of the pool nor what else is in it changes an item's luck.
 *
 * Id and seed are mixed by the finaliser of MurmurHash3 (Appleby, 2011), for 52 random bits.
 */
export function drawById(random: Random): (id: number) => number {
  const first = random.uint32();
  const second = random.uint32();
  return (id) => {
    const high = mix(mix(id ^ first) ^ second) >>> 0;
    const low = mix(mix(id ^ second) + first | 0) >>> 12;
    return high / 2 ** 32 + low / 2 ** 52;
  };
}

function mix(word: number): number {
  let bits = word;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
