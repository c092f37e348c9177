import { kernelThreads, rowKernels } from "../runtime/kernels/row_kernels.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { multiplyRowsNearly, release } from "./multiply_rows.ts";
import { squaredNorms } from "./squared_norms.ts";

/** Rows of several matrices of equal width, numbered as if they stood under each other; nothing is copied. */
export interface StackedRows {
  readonly count: number;
  readonly columns: number;
  /** Row `index`, as a view. */
  row(index: number): Float32Array;
  /** The rows at `indices`, in that order: a view where they are neighbours in one matrix, otherwise a copy. */
  gather(indices: Int32Array): Matrix;
  /** ⟨x, y⟩ between the rows at `lefts` and those at `rights`, `[lefts, rights]`, in float32. */
  products(lefts: Int32Array, rights: Int32Array): Promise<Float32Array>;
  /** ⟨x, y⟩ of two rows, in float64. */
  innerProduct(i: number, j: number): number;
  /** ‖x − y‖² of two rows, in float64. */
  squaredDistance(i: number, j: number): number;
  /** Of many pairs, the same: all at once. */
  innerProducts(lefts: Int32Array, rights: Int32Array): Float64Array;
  squaredDistances(lefts: Int32Array, rights: Int32Array): Float64Array;
  /** ‖x‖² of every row, in float64. */
  squaredNorms(): Float64Array;
}

/**
 * The rows of `matrices` as one: of the first, then of the second, and so on. Matrices without rows may have any width.
 *
 * @throws {RangeError} if two matrices with rows differ in width
 */
export function stackedRows(...matrices: readonly Matrix[]): StackedRows {
  const stacked = matrices.filter((part) => part.rows > 0);
  const columns = stacked[0]?.columns ?? 0;
  for (const part of stacked) {
    if (part.columns !== columns) {
      throw new RangeError(
        `Cannot compare rows: all must have the same number of features, ${columns}: current value is ${part.columns}`,
      );
    }
  }
  const starts = stacked.map((_, place) => stacked.slice(0, place).reduce((rows, part) => rows + part.rows, 0));
  const count = stacked.reduce((rows, part) => rows + part.rows, 0);
  const partOf = (index: number) => {
    let place = stacked.length - 1;
    while (starts[place] > index) place--;
    return place;
  };
  const row = (index: number) => {
    const place = partOf(index);
    const from = (index - starts[place]) * columns;
    return stacked[place].data.subarray(from, from + columns);
  };
  const ofPair = (kernel: "innerProduct" | "squaredDistance") => (i: number, j: number) => {
    const [a, b] = [partOf(i), partOf(j)];
    return rowKernels[kernel](stacked[a].data, i - starts[a], stacked[b].data, j - starts[b], columns);
  };
  /** The one matrix that all of `indices` are in, and their rows there. */
  const withinOne = (indices: Int32Array): readonly [Matrix, Int32Array] | undefined => {
    if (stacked.length === 1) return [stacked[0], indices];
    const place = indices.length === 0 ? -1 : partOf(indices[0]);
    if (place < 0 || !indices.every((index) => partOf(index) === place)) return undefined;
    return [stacked[place], indices.map((index) => index - starts[place])];
  };
  const ofPairs =
    (kernel: "innerProduct" | "squaredDistance") => (lefts: Int32Array, rights: Int32Array): Float64Array => {
      const [x, y] = [withinOne(lefts), withinOne(rights)];
      if (!x || !y) return Float64Array.from(lefts, (left, pair) => ofPair(kernel)(left, rights[pair]));
      const values = new Float64Array(lefts.length);
      rowKernels[`${kernel}s`](x[0].data, x[1], y[0].data, y[1], lefts.length, columns, values, kernelThreads);
      return values;
    };
  const gather = (indices: Int32Array): Matrix => {
    const last = indices.length - 1;
    if (last >= 0 && areNeighbours(indices) && partOf(indices[0]) === partOf(indices[last])) {
      const place = partOf(indices[0]);
      const from = (indices[0] - starts[place]) * columns;
      return {
        rows: indices.length,
        columns,
        data: stacked[place].data.subarray(from, from + indices.length * columns),
      };
    }
    const gathered = new Float32Array(indices.length * columns);
    for (let place = 0; place < indices.length; place++) gathered.set(row(indices[place]), place * columns);
    return { rows: indices.length, columns, data: gathered };
  };
  const isCopy = ({ data }: Matrix) => stacked.every((part) => part.data.buffer !== data.buffer);
  return {
    count,
    columns,
    row,
    gather,
    async products(lefts, rights) {
      const sides = [gather(lefts), gather(rights)] as const;
      const products = await multiplyRowsNearly(...sides);
      for (const side of sides) if (isCopy(side)) release(side.data);
      return products;
    },
    innerProduct: ofPair("innerProduct"),
    squaredDistance: ofPair("squaredDistance"),
    innerProducts: ofPairs("innerProduct"),
    squaredDistances: ofPairs("squaredDistance"),
    squaredNorms() {
      const norms = new Float64Array(count);
      stacked.forEach((part, place) => norms.set(squaredNorms(part), starts[place]));
      return norms;
    },
  };
}

function areNeighbours(indices: Int32Array): boolean {
  for (let place = 1; place < indices.length; place++) if (indices[place] !== indices[place - 1] + 1) return false;
  return true;
}
