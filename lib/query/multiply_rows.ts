import { kernelsAreNative, kernelThreads, rowKernels } from "../runtime/kernels/row_kernels.ts";
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
 * The same for whoever goes on to compare exact values: with few rows on the right it takes the row kernels, where they
 * are native, and the last bits are then others.
 */
export async function multiplyRowsNearly(left: Matrix, right: Matrix): Promise<Float32Array> {
  if (!kernelsAreNative || right.rows > narrow) return await multiplyRows(left, right);
  const products = new Float32Array(left.rows * right.rows);
  rowKernels.narrowProducts(left.data, left.rows, left.columns, right.data, right.rows, products, kernelThreads);
  return products;
}

/** With so few rows on the right, copying the left ones to a tensor costs more than multiplying them. */
const narrow = 64;

/**
 * Gives the memory of products back at once; they must not be read again. The collector leaves hundreds of megabytes of
 * them lying about, because to it they are a few small objects.
 */
export function release(products: Float32Array): void {
  (products.buffer as ArrayBuffer).transfer(0);
}
