import { type Comparison, type Dissimilarity, productError, valuesOf } from "./dissimilarity.ts";
import { release } from "./multiply_rows.ts";
import { fewSmallest } from "./smallest.ts";

/** What {@linkcode nearestNeighbours} looks for. */
export interface NeighbourOptions extends Comparison {
  /** Neighbours of each item; at most as many as there are others. */
  readonly count: number;
}

/** Neighbours, nearest first: item i's are at i · count … (i + 1) · count − 1. */
export interface Neighbours {
  /** Which of the dissimilarity's items. */
  readonly items: Int32Array;
  /** How unlike, exactly. */
  readonly values: Float64Array;
}

/**
 * The `count` items of `others` least unlike each of `items`; an item is no neighbour of its own. Exact: a matrix
 * product finds who may be among them, and those are compared in float64. Of equally near ones the earlier in `others`
 * comes first. O(items · others · terms) time, 32 MiB at a time besides the result.
 */
export async function nearestNeighbours(
  dissimilarity: Dissimilarity,
  { items, others, count }: NeighbourOptions,
): Promise<Neighbours> {
  const { base, factor, norm } = dissimilarity;
  const width = others.length;
  const bases = Float64Array.from(others, (other) => base[other]);
  const largestNorm = others.reduce((largest, other) => Math.max(largest, norm[other]), 0);
  const error = productError(dissimilarity) * factor;
  const found: Neighbours = {
    items: new Int32Array(items.length * count),
    values: new Float64Array(items.length * count),
  };
  const columnOf = new Map(Array.from(others, (other, column) => [other, column]));
  const rowsAtOnce = Math.max(1, Math.min(4096, Math.floor(BLOCK / Math.max(1, width))));
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    const lefts = items.subarray(from, from + rowsAtOnce);
    const products = await dissimilarity.products(lefts, others);
    const own = lefts.map((item) => columnOf.get(item) ?? -1);
    // Bounds of the true neighbours can be off by the error, and so can those that seem to beat them.
    const slack = Float64Array.from(lefts, (item) => 2 * error * norm[item] * largestNorm);
    const close = fewSmallest({ products, bases, factor, count, own, slack });
    const total = close.reduce((sum, { length }) => sum + length, 0);
    const [pairLefts, pairRights] = [new Int32Array(total), new Int32Array(total)];
    let pair = 0;
    close.forEach((columns, place) => {
      for (const column of columns) {
        pairLefts[pair] = lefts[place];
        pairRights[pair++] = others[column];
      }
    });
    const values = valuesOf(dissimilarity, pairLefts, pairRights);
    let start = 0;
    close.forEach(({ length }, place) => {
      const first = (from + place) * count;
      found.values.fill(Infinity, first, first + count);
      for (let pair = start; pair < start + length; pair++) {
        if (!(values[pair] < found.values[first + count - 1])) continue;
        let rank = first + count - 1;
        for (; rank > first && found.values[rank - 1] > values[pair]; rank--) {
          found.values[rank] = found.values[rank - 1];
          found.items[rank] = found.items[rank - 1];
        }
        found.values[rank] = values[pair];
        found.items[rank] = pairRights[pair];
      }
      start += length;
    });
    release(products);
  }
  return found;
}

/** Products made at once: 32 MiB, so that the wider block is not handed over too often. */
const BLOCK = 2 ** 23;
