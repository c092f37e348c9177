import { createHash } from "node:crypto";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";

/** Everything needed to continue a {@linkcode Random} exactly where it stood; plain JSON. */
export interface RandomState {
  /** Where in the tree of children this generator stands. */
  readonly key: string;
  /** The 128 bits of the generator, as four 32-bit integers. */
  readonly words: readonly number[];
}

/**
 * Seeded randomness as a value: one is made from the run's seed and passed down.
 *
 * The generator is xoroshiro128+ (Blackman and Vigna, 2018; `pure-rand`), its 128 bits of state taken from the SHA-256
 * of a key. The key of a child is its parent's key and a name, so a child's numbers depend on names alone: not on how
 * much the parent or a sibling has drawn. Code that begins to draw one number more disturbs nothing beside it.
 *
 * @example
 * ```ts
 * import { Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(7);
 * random.next();
 * assert.deepEqual(random.child("split").permutation(4), new Random(7).child("split").permutation(4));
 * ```
 */
export class Random {
  readonly #key: string;
  readonly #generator: JumpableRandomGenerator;

  /** @param seed any number or text (equal seeds give equal sequences), or a {@linkcode state} to continue from */
  constructor(seed: number | string | RandomState) {
    if (typeof seed === "object") {
      this.#key = seed.key;
      this.#generator = xoroshiro128plusFromState(seed.words);
      return;
    }
    this.#key = `${typeof seed}:${seed}`;
    this.#generator = generatorOf(this.#key);
  }

  /** What `new Random(state)` continues from; safe to keep as JSON. */
  get state(): RandomState {
    return { key: this.#key, words: [...this.#generator.getState()] };
  }

  /** A generator of its own for the part of the work called `name`, whatever this one has drawn so far. */
  child(name: number | string): Random {
    const key = `${this.#key}/${typeof name}:${name}`;
    return new Random({ key, words: generatorOf(key).getState() });
  }

  /** A uniform 32-bit unsigned integer: a seed for those who want a number. */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** A uniform number in [0, 1), with 53 random bits. */
  next(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
  }

  /** A uniform number in [`low`, `high`). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /**
   * A uniform integer in [0, `below`), without modulo bias.
   *
   * @throws {RangeError} if `below` is not an integer in 1…2³²
   */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 0x100000000) {
      throw new RangeError(`Cannot draw an integer: the bound must be an integer in 1…2^32: current value is ${below}`);
    }
    // Draws above the largest multiple of `below` are thrown away, so that every value is equally likely.
    const limit = 0x100000000 - (0x100000000 % below);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % below;
  }

  /** A standard normal number (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** The items in random order (Fisher–Yates), in a new array. */
  shuffle<T>(items: Iterable<T>): T[] {
    const shuffled = [...items];
    this.#shuffleInPlace(shuffled, shuffled.length);
    return shuffled;
  }

  /** The integers 0…`count` − 1 in random order. */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    this.#shuffleInPlace(order, count);
    return order;
  }

  /**
   * `size` distinct integers out of 0…`count` − 1, in random order.
   *
   * @throws {RangeError} if `size` is not in 0…`count`
   */
  sample(count: number, size: number): Int32Array {
    if (!Number.isInteger(size) || size < 0 || size > count) {
      throw new RangeError(`Cannot sample: the size must be an integer in 0…${count}: current value is ${size}`);
    }
    const order = Int32Array.from({ length: count }, (_, index) => index);
    this.#shuffleInPlace(order, size);
    return order.slice(0, size);
  }

  /** Settles the first `settled` places; what comes after is left in some order. */
  #shuffleInPlace<T>(items: { [index: number]: T; readonly length: number }, settled: number): void {
    for (let place = 0; place < settled; place++) {
      const other = place + this.integer(items.length - place);
      const item = items[place];
      items[place] = items[other];
      items[other] = item;
    }
  }
}

function generatorOf(key: string): JumpableRandomGenerator {
  const digest = createHash("sha256").update(key).digest();
  const words = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset));
  // The one state that xoroshiro cannot leave; no key is known to reach it.
  return words.every((word) => word === 0) ? xoroshiro128plus(1) : xoroshiro128plusFromState(words);
}
