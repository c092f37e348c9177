import type { Matrix } from "../runtime/matrix.ts";
import type { RowReader } from "../runtime/row_reader.ts";
import { tf } from "../runtime/tensorflow.ts";
import type { EmbeddingClassifier } from "./embedding_classifier.ts";
import { overBlocks } from "./over_blocks.ts";
import { tensorValues } from "./tensor_values.ts";

/** Classifies embeddings by softmax(W·h + b). */
export interface LinearClassifier extends EmbeddingClassifier {
  /** W and b, `[classes, features + 1]`: the bias is last in each row. */
  readonly weights: Matrix;
  /** Scores before the softmax, `[items, classes]`. */
  logits(embeddings: Matrix | RowReader): Promise<Matrix>;
}

/**
 * The linear classifier with these weights, computed in float32.
 *
 * @param weights `[classes, features + 1]`
 */
export function linearClassifier(classNames: readonly string[], weights: ArrayLike<number>): LinearClassifier {
  const columns = classNames.length;
  const features = weights.length / columns - 1;
  const all: Matrix = { rows: columns, columns: features + 1, data: new Float32Array(weights) };
  const run = (embeddings: Matrix | RowReader, after: (logits: tf.Tensor2D) => tf.Tensor2D) =>
    overBlocks(embeddings, {
      features,
      columns,
      model: all,
      compute: (block) =>
        tensorValues(() => {
          const both = tf.tensor2d(all.data, [columns, features + 1]);
          const [slopes, bias] = [both.slice([0, 0], [-1, features]), both.slice([0, features], [-1, 1])];
          const scores = tf.matMul(tf.tensor2d(block.data, [block.rows, features]), slopes, false, true);
          return after(scores.add(bias.reshape([1, columns])));
        }),
    });
  return {
    classNames,
    weights: all,
    logits: (embeddings) => run(embeddings, (logits) => logits),
    probabilities: (embeddings) => run(embeddings, (logits) => logits.softmax()),
  };
}
