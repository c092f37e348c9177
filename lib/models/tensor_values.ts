import { tf } from "../runtime/tensorflow.ts";

/** The numbers of a tensor that `compute` makes; every tensor it makes is disposed of. */
export async function tensorValues(compute: () => tf.Tensor): Promise<Float32Array> {
  const result = tf.tidy(compute);
  try {
    return await result.data<"float32">();
  } finally {
    result.dispose();
  }
}
