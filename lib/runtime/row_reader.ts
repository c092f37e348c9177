import type { Matrix } from "./matrix.ts";

/** Rows that may lie on disk, read a block at a time. */
export interface RowReader {
  readonly rows: number;
  readonly columns: number;
  /** Rows `first`…`first + count` − 1; not to be changed, and valid until the next read. */
  read(first: number, count: number): Promise<Matrix>;
}

/** Rows in memory, as a reader. */
export function blocksOf({ rows, columns, data }: Matrix): RowReader {
  return {
    rows,
    columns,
    read: (first, count) =>
      Promise.resolve({ rows: count, columns, data: data.subarray(first * columns, (first + count) * columns) }),
  };
}

/** All rows, a block after the other; each is valid until the next is asked for. */
export async function* eachBlock(
  reader: RowReader,
): AsyncGenerator<{ readonly first: number; readonly block: Matrix }> {
  const blockRows = 4096;
  for (let first = 0; first < reader.rows; first += blockRows) {
    yield { first, block: await reader.read(first, Math.min(blockRows, reader.rows - first)) };
  }
}

/** All rows, in memory. */
export async function readAll(reader: RowReader): Promise<Matrix> {
  const { rows, columns } = reader;
  const data = new Float32Array(rows * columns);
  for await (const { first, block } of eachBlock(reader)) data.set(block.data, first * columns);
  return { rows, columns, data };
}

/** The rows at `rows` of a reader; runs of neighbours are read together. */
export function gatheredBlocks(whole: RowReader, rows: Int32Array): RowReader {
  const { columns } = whole;
  return {
    rows: rows.length,
    columns,
    async read(first, count) {
      const data = new Float32Array(count * columns);
      for (let from = 0; from < count;) {
        let to = from + 1;
        while (to < count && rows[first + to] === rows[first + to - 1] + 1) to++;
        data.set((await whole.read(rows[first + from], to - from)).data, from * columns);
        from = to;
      }
      return { rows: count, columns, data };
    },
  };
}
