import type { Matrix } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";

/** All inner products between the rows of two matrices, `[left.rows, right.rows]`: one matrix product, in float32. */
export async function multiplyRows(left: Matrix, right: Matrix): Promise<Float32Array> {
  if (left.data.length === 0 || right.data.length === 0) return new Float32Array(left.rows * right.rows);
  const product = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(left.data, [left.rows, left.columns]),
      tf.tensor2d(right.data, [right.rows, right.columns]),
      false,
      true,
    )
  );
  try {
    return await product.data<"float32">();
  } finally {
    product.dispose();
  }
}

/**
 * Gives the memory of products back at once; they must not be read again. The collector leaves hundreds of megabytes of
 * them lying about, because to it they are a few small objects.
 */
export function release(products: Float32Array): void {
  (products.buffer as ArrayBuffer).transfer(0);
}
