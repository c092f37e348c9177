import type { Matrix } from "../runtime/matrix.ts";
import type { RowReader } from "../runtime/row_reader.ts";

/** Learned from labelled embeddings; says what it believes about others. */
export interface EmbeddingClassifier {
  readonly classNames: readonly string[];
  /**
   * @param embeddings `[items, features]`, in memory or to be read in blocks
   * @returns `[items, classes]`, each row a distribution
   * @throws {RangeError} if there are not as many features as it was trained with
   */
  probabilities(embeddings: Matrix | RowReader): Promise<Matrix>;
}
