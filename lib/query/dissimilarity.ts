import { backend } from "../runtime/tensorflow.ts";
import { release } from "./multiply_rows.ts";
import { twoSmallest } from "./smallest.ts";

/**
 * How unlike two items are, in a form that can be bounded by the thousand: exactly by {@linkcode value}, one pair at a
 * time, and from below by inner products, which a matrix product gives for a block of pairs at the machine's limit:
 *
 *     value(i, j) ≥ base[i] + base[j] − factor · ⟨left_i, right_j⟩
 *
 * For squared Euclidean distance the two sides are equal, and the bound errs only by rounding. Selectors multiply
 * first, then compute exactly the few pairs that the bound leaves in doubt: the picks are those of the plain algorithm
 * in float64, at the price of a matrix product in float32.
 */
export interface Dissimilarity {
  /** Items are numbered 0…`count` − 1: the candidates first, then what they are compared with besides. */
  readonly count: number;
  /** Exact, ≥ 0, in float64; symmetric. */
  value(i: number, j: number): number;
  /** Of many pairs: the very numbers that {@linkcode value} gives, sooner. Default: pair by pair. */
  values?(lefts: Int32Array, rights: Int32Array): Float64Array;
  readonly base: Float64Array;
  readonly factor: number;
  /** ⟨left_i, right_j⟩ for all pairs, row by row, in float32. */
  products(lefts: Int32Array, rights: Int32Array): Promise<Float32Array>;
  /** ‖left_i‖ and ‖right_i‖ are both at most this: what the rounding of a product is measured against. */
  readonly norm: Float64Array;
  /** Terms in each inner product. */
  readonly terms: number;
}

/** A {@linkcode Dissimilarity} between items that may lie on disk: nothing is known of them at once. */
export interface DistantDissimilarity extends Omit<Dissimilarity, "value" | "values"> {
  /** Of many pairs, exactly; ≥ 0, in float64, symmetric. */
  values(lefts: Int32Array, rights: Int32Array): Promise<Float64Array>;
}

/**
 * |rounded − exact| ≤ `productError(d)` · norm[i] · norm[j] · factor for the inner products of `d`, in any order of
 * summation.
 */
export function productError({ terms }: Pick<Dissimilarity, "terms">): number {
  // γ_n = n u / (1 − n u) (Higham, 2002, §3.1), and the terms of `base` and of the last subtraction besides.
  const unit = 2 ** -24;
  const summation = (terms + 8) * unit;
  // GPUs may round the factors themselves to TF32's ten bits first.
  return summation + (backend.device === "gpu" ? 2 ** -9 : 0);
}

/** The integers `from`…`to` − 1. */
export function integersBetween(from: number, to: number): Int32Array {
  const integers = new Int32Array(to - from);
  for (let place = 0; place < integers.length; place++) integers[place] = from + place;
  return integers;
}

/** The exact values of pairs. */
export async function valuesOf(
  dissimilarity: Dissimilarity | DistantDissimilarity,
  lefts: Int32Array,
  rights: Int32Array,
): Promise<Float64Array> {
  if (!("value" in dissimilarity)) return await dissimilarity.values(lefts, rights);
  return dissimilarity.values?.(lefts, rights) ??
    Float64Array.from(lefts, (left, pair) => dissimilarity.value(left, rights[pair]));
}

/** What is compared with what. */
export interface Comparison {
  /** Items to bring up to date. */
  readonly items: Int32Array;
  /** What they are compared with. */
  readonly others: Int32Array;
}

/**
 * Lowers `nearest[i]` to the exact smallest value between item i and `others`, for each of `items`.
 *
 * O(items · others · terms) time in blocks of matrix products, 8 MiB of memory.
 */
export async function lowerToNearest(
  nearest: Float64Array,
  dissimilarity: Dissimilarity | DistantDissimilarity,
  comparison: Comparison,
): Promise<void> {
  const { base, factor, norm } = dissimilarity;
  const error = productError(dissimilarity) * factor;
  for await (const { lefts, rights, bases, largestNorm, products } of productBlocks(dissimilarity, comparison)) {
    const width = rights.length;
    const found = twoSmallest({ products, bases, factor });
    const doubts = Float64Array.from(lefts, (item) => 2 * error * norm[item] * largestNorm - base[item]);
    const places = integersBetween(0, lefts.length)
      .filter((place) => found.smallest[place] <= nearest[lefts[place]] + doubts[place]);
    const values = await valuesOf(
      dissimilarity,
      places.map((place) => lefts[place]),
      places.map((place) => rights[found.at[place]]),
    );
    const [closeLefts, closeRights]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < places.length; pair++) {
      const place = places[pair];
      const [item, at, start, doubt] = [lefts[place], found.at[place], place * width, doubts[place]];
      nearest[item] = Math.min(nearest[item], values[pair]);
      if (found.second[place] > nearest[item] + doubt) continue;
      for (let j = 0; j < width; j++) {
        if (j === at || bases[j] - factor * products[start + j] > nearest[item] + doubt) continue;
        closeLefts.push(item);
        closeRights.push(rights[j]);
      }
    }
    const others = await valuesOf(dissimilarity, Int32Array.from(closeLefts), Int32Array.from(closeRights));
    closeLefts.forEach((item, pair) => nearest[item] = Math.min(nearest[item], others[pair]));
  }
}

/**
 * Lowers `bounds[i]` to an upper bound on the smallest value between item i and `others`, for each of `items`: loose by
 * the rounding of a float32 product, and cheaper than {@linkcode lowerToNearest} by one exact value an item. Only for a
 * dissimilarity whose own lower bound is an equality.
 */
export async function lowerBounds(
  bounds: Float64Array,
  dissimilarity: Dissimilarity,
  comparison: Comparison,
): Promise<void> {
  const { base, factor, norm } = dissimilarity;
  const error = productError(dissimilarity) * factor;
  for await (const { lefts, bases, largestNorm, products } of productBlocks(dissimilarity, comparison)) {
    const { smallest } = twoSmallest({ products, bases, factor });
    for (let place = 0; place < lefts.length; place++) {
      const item = lefts[place];
      const bound = smallest[place] + base[item] + 2 * error * norm[item] * largestNorm;
      if (bound < bounds[item]) bounds[item] = bound;
    }
  }
}

/** One block of {@linkcode productBlocks}. */
export interface ProductBlock {
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  /** `base` of `rights`. */
  readonly bases: Float64Array;
  /** Of `rights`. */
  readonly largestNorm: number;
  /** `[lefts, rights]` */
  readonly products: Float32Array;
}

/** Inner products of all of `items` with all of `others`, a block at a time; the products last until the next block. */
export async function* productBlocks(
  dissimilarity: Dissimilarity | DistantDissimilarity,
  { items, others }: Comparison,
): AsyncGenerator<ProductBlock> {
  const columnsAtOnce = 1024;
  // Of few columns more rows, so that threads are not started again and again.
  const rowsAtOnce = others.length > 64 ? 2048 : 16384;
  for (let column = 0; column < others.length; column += columnsAtOnce) {
    const rights = others.subarray(column, column + columnsAtOnce);
    const bases = Float64Array.from(rights, (other) => dissimilarity.base[other]);
    const largestNorm = rights.reduce((largest, other) => Math.max(largest, dissimilarity.norm[other]), 0);
    for (let row = 0; row < items.length; row += rowsAtOnce) {
      const lefts = items.subarray(row, row + rowsAtOnce);
      const products = await dissimilarity.products(lefts, rights);
      yield { lefts, rights, bases, largestNorm, products };
      release(products);
    }
  }
}
