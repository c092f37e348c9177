import type { Matrix } from "../runtime/matrix.ts";
import type { RowReader } from "../runtime/row_reader.ts";
import type { PoolView } from "./pool_view.ts";

/** The embeddings of a view in memory, if they take at most `bytes` there; otherwise in blocks. */
export async function embeddingsWithin(view: PoolView, bytes: number = 2 ** 31): Promise<Matrix | RowReader> {
  const blocks = await view.embeddingBlocks();
  return 4 * blocks.rows * blocks.columns <= bytes ? await view.embeddings() : blocks;
}
