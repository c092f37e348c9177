import { tf } from "../runtime/tensorflow.ts";
import { hasTensorFlowOps, tensorflowOp } from "./tensorflow_ops.ts";

/**
 * Cross-entropy of each row against the softmax of its logits, −Σⱼ tⱼ·log softmax(z)ⱼ, in nats. Differentiable by the
 * logits: softmax(z) − t, for targets that sum to one. Stable for logits of any size.
 *
 * @param logits `[count, classes]`
 * @param targets `[count, classes]`, each row a distribution
 * @returns `[count]`
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const withGradient = tf.customGrad((z, save) => {
    const [loss, gradient] = hasTensorFlowOps
      ? tensorflowOp("SoftmaxCrossEntropyWithLogits", {
        attributes: { T: "float32" },
        inputs: [z as tf.Tensor, targets],
        outputs: 2,
      })
      : composed(z as tf.Tensor2D, targets);
    (save as (tensors: tf.Tensor[]) => void)([gradient]);
    return {
      value: loss,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => saved.mul(dy.expandDims(-1)),
    };
  });
  return withGradient(logits) as tf.Tensor1D;
}

function composed(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor[] {
  return [targets.mul(tf.logSoftmax(logits)).sum(-1).neg(), tf.softmax(logits).sub(targets)];
}
