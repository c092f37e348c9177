import { tf } from "../runtime/tensorflow.ts";
import { hasTensorFlowOps, tensorflowOp } from "./tensorflow_ops.ts";

/**
 * Replaces what tfjs composes slowly with TensorFlow's own operations, for networks that run operation by operation;
 * nothing on other backends. A second call does nothing.
 *
 * ReLU's gradient is `dy · step(x)` in tfjs, and `step` alone takes ten times as long as TensorFlow's `ReluGrad`. While
 * gradients are taken tfjs does not fuse activations, so this covers convolutions and dense layers too.
 */
export function applyEagerRemedies(): void {
  if (!hasTensorFlowOps || tf.getGradient("Relu").outputsToSave) return;
  tf.unregisterGradient("Relu");
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => tensorflowOp("ReluGrad", { attributes: { T: "float32" }, inputs: [dy as tf.Tensor, y] })[0],
    }),
  });
}
