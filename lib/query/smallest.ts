import { kernelThreads, rowKernels } from "../runtime/kernels/row_kernels.ts";

/** Values `bases[column] − factor · products[row, column]`, which bound dissimilarities. */
export interface Values {
  readonly products: Float32Array;
  readonly bases: Float64Array;
  readonly factor: number;
}

/** What {@linkcode twoSmallest} finds, of each row. */
export interface TwoSmallest {
  readonly smallest: Float64Array;
  /** Its column; of equals, the first. */
  readonly at: Int32Array;
  /** Infinity where there is one column. */
  readonly second: Float64Array;
}

/** The two smallest values of each row. */
export function twoSmallest({ products, bases, factor }: Values): TwoSmallest {
  const columns = bases.length;
  const rows = columns === 0 ? 0 : products.length / columns;
  const [smallest, at, second] = [new Float64Array(rows), new Int32Array(rows), new Float64Array(rows)];
  rowKernels.twoSmallest(products, rows, columns, bases, factor, at, smallest, second, kernelThreads);
  return { smallest, at, second };
}

/** What {@linkcode fewSmallest} looks for. */
export interface FewSmallestOptions extends Values {
  readonly count: number;
  /** Of each row, a column that does not count, or −1. */
  readonly own: Int32Array;
  /** Of each row, how far above the `count`th smallest a value may be. */
  readonly slack: Float64Array;
}

/** Of each row the columns whose values are at most the `count`th smallest and the slack, in order. */
export function fewSmallest({ products, bases, factor, count, own, slack }: FewSmallestOptions): Int32Array[] {
  const columns = bases.length;
  const rows = own.length;
  if (count === 0) return Array.from(own, () => new Int32Array(0));
  const counts = new Int32Array(rows);
  const look = (first: number, { number, capacity }: { readonly number: number; readonly capacity: number }) => {
    const found = new Int32Array(number * capacity);
    rowKernels.fewSmallest(
      products.subarray(first * columns, (first + number) * columns),
      ...[number, columns, bases, factor, own.subarray(first), slack.subarray(first)] as const,
      ...[count, new Float64Array(number * count), capacity, found] as const,
      ...[counts.subarray(first, first + number), kernelThreads] as const,
    );
    return found;
  };
  const capacity = Math.min(columns, 2 * count + 16);
  const found = look(0, { number: rows, capacity });
  return Array.from(
    counts,
    (number, row) =>
      number <= capacity
        ? found.subarray(row * capacity, row * capacity + number)
        : look(row, { number: 1, capacity: columns }).subarray(0, number),
  );
}
