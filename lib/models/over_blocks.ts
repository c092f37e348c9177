import { audit } from "../runtime/audit_trail.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { blocksOf, type RowReader } from "../runtime/row_reader.ts";

/** What {@linkcode overBlocks} computes. */
export interface OverBlocksOptions {
  /** Features of an embedding. */
  readonly features: number;
  /** Numbers for each. */
  readonly columns: number;
  /** Stands for the model that computes them, in an audit trail. */
  readonly model: object;
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
  { features, columns, model, blockRows = 4096, compute }: OverBlocksOptions,
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
  const hashes = audit && new BigUint64Array(rows);
  for (let first = 0; first < rows; first += blockRows) {
    const block = await reader.read(first, Math.min(blockRows, rows - first));
    hashes?.set(audit!.rowHashes(block), first);
    data.set(await compute(block), first * columns);
  }
  const result = { rows, columns, data };
  if (hashes) audit!.predicted(model, hashes, result);
  return result;
}
