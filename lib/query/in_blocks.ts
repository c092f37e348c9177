import { gatherRows, type Matrix, rowOf } from "../runtime/matrix.ts";
import { eachBlock, gatheredBlocks, type RowReader } from "../runtime/row_reader.ts";
import { type Dissimilarity, type DistantDissimilarity, integersBetween, valuesOf } from "./dissimilarity.ts";

/** Makes a dissimilarity of rows in memory; that of two rows may not depend on the others. */
export type Measure = (...matrices: readonly Matrix[]) => Dissimilarity;

/** What {@linkcode inBlocks} compares. */
export interface InBlocksOptions {
  readonly rows: RowReader;
  /** In memory, numbered as if they stood under `rows`. */
  readonly others: Matrix;
}

/**
 * The very numbers that `measure(rows, others)` would give, of rows that are read when they are needed: once for their
 * bounds, then as often as a selector asks. What was gathered last, twice at most, is kept: selectors ask for the
 * products of a block and then for exact values in it.
 */
export async function inBlocks(measure: Measure, { rows, others }: InBlocksOptions): Promise<DistantDissimilarity> {
  const count = rows.rows + others.rows;
  const base = new Float64Array(count);
  const norm = new Float64Array(count);
  const { factor } = measure(others);
  for await (const { first, block } of eachBlock(rows)) describe(block, first);
  if (others.rows > 0) describe(others, rows.rows);

  function describe(block: Matrix, first: number): void {
    const its = measure(block);
    base.set(its.base, first);
    norm.set(its.norm, first);
  }

  let kept: readonly Gathered[] = [];

  async function gather(items: Int32Array): Promise<Matrix> {
    const known = kept.find((gathered) => gathered.items === items) ?? { items, matrix: await read(items) };
    kept = [known, ...kept.filter((gathered) => gathered !== known)].slice(0, 2);
    return known.matrix;
  }

  async function read(items: Int32Array): Promise<Matrix> {
    if (items.every((item) => item >= rows.rows)) return gatherRows(others, items.map((item) => item - rows.rows));
    const places = new Map(
      kept.flatMap(({ items, matrix }) => Array.from(items, (item, place) => [item, rowOf(matrix, place)] as const)),
    );
    const missing = items.filter((item) => item < rows.rows && !places.has(item));
    const found = await gatheredBlocks(rows, missing).read(0, missing.length);
    missing.forEach((item, place) => places.set(item, rowOf(found, place)));
    const data = new Float32Array(items.length * rows.columns);
    items.forEach((item, place) => data.set(places.get(item) ?? rowOf(others, item - rows.rows), place * rows.columns));
    return { rows: items.length, columns: rows.columns, data };
  }

  return {
    count,
    base,
    norm,
    factor,
    terms: rows.columns,
    async products(lefts, rights) {
      const [x, y] = [await gather(lefts), await gather(rights)];
      return await measure(x, y).products(integersBetween(0, x.rows), integersBetween(x.rows, x.rows + y.rows));
    },
    async values(lefts, rights) {
      const [left, right] = [distinct(lefts), distinct(rights)];
      const [x, y] = [await read(left.items), await read(right.items)];
      return await valuesOf(measure(x, y), left.places, right.places.map((place) => x.rows + place));
    },
  };
}

interface Gathered {
  readonly items: Int32Array;
  readonly matrix: Matrix;
}

/** Each item once, ascending, and where those of `items` are among them. */
function distinct(items: Int32Array): { readonly items: Int32Array; readonly places: Int32Array } {
  const once = Int32Array.from(new Set(items)).sort();
  const places = new Map(Array.from(once, (item, place) => [item, place]));
  return { items: once, places: items.map((item) => places.get(item)!) };
}
