import { kernelThreads, rowKernels } from "../runtime/kernels/row_kernels.ts";
import { type Comparison, type Dissimilarity, integersBetween, productError, valuesOf } from "./dissimilarity.ts";
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
 * The `count` items of `others` least unlike each of `items`; an item is no neighbour of its own. Exact: matrix products
 * find who may be among them, and those are compared in float64. Of equally near ones the earlier in `others` comes
 * first. O(items · others · terms) time, half of it where `items` are the very array of `others`; 8 MiB at a
 * time, and a list for each item, besides the result. The dissimilarity's own lower bound must be an equality.
 */
export async function nearestNeighbours(
  dissimilarity: Dissimilarity,
  { items, others, count }: NeighbourOptions,
): Promise<Neighbours> {
  const found: Neighbours = {
    items: new Int32Array(items.length * count),
    values: new Float64Array(items.length * count),
  };
  const search = others.length > TILE ? closeInTiles : closeToItems;
  for await (const { from, close } of search(dissimilarity, { items, others, count })) {
    const total = close.reduce((sum, { length }) => sum + length, 0);
    const [pairLefts, pairRights] = [new Int32Array(total), new Int32Array(total)];
    let pair = 0;
    close.forEach((columns, place) => {
      for (const column of columns) {
        pairLefts[pair] = items[from + place];
        pairRights[pair++] = others[column];
      }
    });
    const values = await valuesOf(dissimilarity, pairLefts, pairRights);
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
  }
  return found;
}

/** Who may be among the neighbours of a run of items. */
interface Close {
  /** The first item's place. */
  readonly from: number;
  /** Of each item, places in `others`, in order. */
  readonly close: Int32Array[];
}

async function* closeToItems(
  dissimilarity: Dissimilarity,
  { items, others, count }: NeighbourOptions,
): AsyncGenerator<Close> {
  const { base, factor } = dissimilarity;
  const width = others.length;
  const bases = Float64Array.from(others, (other) => base[other]);
  const slackOf = slackAmong(dissimilarity, others);
  const columnOf = placesIn(others, items);
  const rowsAtOnce = Math.max(1, Math.min(4096, Math.floor(BLOCK / Math.max(1, width))));
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    const lefts = items.subarray(from, from + rowsAtOnce);
    const products = await dissimilarity.products(lefts, others);
    const own = columnOf.subarray(from, from + rowsAtOnce);
    const slack = Float64Array.from(lefts, slackOf);
    const close = fewSmallest({ products, bases, factor, count, own, slack });
    release(products);
    yield { from, close };
  }
}

/** The same in squares, with lists that grow as products are made; those among `others` themselves are made once. */
async function* closeInTiles(
  dissimilarity: Dissimilarity,
  { items, others, count }: NeighbourOptions,
): AsyncGenerator<Close> {
  const { base, factor } = dissimilarity;
  const isMutual = items === others;
  const bases = Float64Array.from(others, (other) => base[other]);
  const own = placesIn(others, items);
  const few = count + spare;
  const values = new Float64Array(items.length * few).fill(Infinity);
  const places = new Int32Array(items.length * few);
  for (let row = 0; row < items.length; row += TILE) {
    const lefts = items.subarray(row, row + TILE);
    for (let column = isMutual ? row : 0; column < others.length; column += TILE) {
      const rights = others.subarray(column, column + TILE);
      const products = await dissimilarity.products(lefts, rights);
      rowKernels.keepSmallest(
        ...[products, lefts.length, row, rights.length, column, bases, factor] as const,
        ...[own, Number(isMutual), few, values, places, kernelThreads] as const,
      );
      release(products);
    }
  }
  const slackOf = slackAmong(dissimilarity, others);
  const ascending = new Float64Array(few);
  const run = 4096;
  for (let from = 0; from < items.length; from += run) {
    const close: Int32Array[] = [];
    const doubtful: number[] = [];
    for (let place = from; place < Math.min(from + run, items.length); place++) {
      const its = places.subarray(place * few, (place + 1) * few);
      ascending.set(values.subarray(place * few, (place + 1) * few));
      ascending.sort();
      const limit = ascending[count - 1] + slackOf(items[place]);
      // Of more that are as close as rounding can tell there may not have been room for all.
      if (ascending[few - 1] <= limit) doubtful.push(place);
      close.push(its.filter((_, at) => values[place * few + at] <= limit).sort());
    }
    const again = Int32Array.from(doubtful, (place) => items[place]);
    for await (const part of closeToItems(dissimilarity, { items: again, others, count })) {
      part.close.forEach((its, at) => close[doubtful[part.from + at] - from] = its);
    }
    yield { from, close };
  }
}

/** Where each of `items` is among `others`, or −1. */
function placesIn(others: Int32Array, items: Int32Array): Int32Array {
  if (items === others) return integersBetween(0, items.length);
  const places = new Map(Array.from(others, (other, place) => [other, place]));
  return items.map((item) => places.get(item) ?? -1);
}

/**
 * How far above an item's last neighbour a value may seem to be and yet not be: bounds of the true neighbours can be off
 * by the error of the products, and so can those that seem to beat them.
 */
function slackAmong(dissimilarity: Dissimilarity, others: Int32Array): (item: number) => number {
  const { factor, norm } = dissimilarity;
  const largestNorm = others.reduce((largest, other) => Math.max(largest, norm[other]), 0);
  const error = productError(dissimilarity) * factor;
  return (item) => 2 * error * norm[item] * largestNorm;
}

/** Products made at once. */
const BLOCK = 2 ** 21;

/** Items on either side of a square: few enough for its products to stay in the processor's cache, 4 MiB. */
const TILE = 1024;

/** Room for others that rounding may confuse with an item's last neighbour. */
const spare = 8;
