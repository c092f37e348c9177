import type { Matrix } from "../runtime/matrix.ts";
import { blocksOf, type RowReader } from "../runtime/row_reader.ts";

/** What {@linkcode overBlocks} computes. */
export interface OverBlocksOptions {
  /** Features of an embedding. */
  readonly features: number;
  /** Numbers for each. */
  readonly columns: number;
  /** Embeddings at once; default 4096. */
  readonly blockRows?: number;
  /** `[block, features]` → `[block, columns]` */
  readonly compute: (block: Matrix) => Promise<ArrayLike<number>>;
}

/**
 * One row of numbers for each embedding, computed block by block.
 *
 * @param embeddings `[items, features]`
 * @returns `[items, columns]`
 * @throws {RangeError} if there is another number of features
 */
export async function overBlocks(
  embeddings: Matrix | RowReader,
  { features, columns, blockRows = 4096, compute }: OverBlocksOptions,
): Promise<Matrix> {
  const { rows } = embeddings;
  if (embeddings.columns !== features) {
    throw new RangeError(
      `Cannot classify embeddings: they must have the ${features} features of those it was trained with: ` +
        `current value is ${embeddings.columns}`,
    );
  }
  const reader = "data" in embeddings ? blocksOf(embeddings) : embeddings;
  const data = new Float32Array(rows * columns);
  for (let first = 0; first < rows; first += blockRows) {
    data.set(await compute(await reader.read(first, Math.min(blockRows, rows - first))), first * columns);
  }
  return { rows, columns, data };
}
