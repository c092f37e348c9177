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

/** Options of {@linkcode targetRows}. */
export interface TargetOptions {
  readonly classes: number;
  /** ε: each target is (1 − ε)·one-hot + ε / classes (Szegedy et al., 2016, section 7); default 0. */
  readonly labelSmoothing?: number;
}

/** Labels as rows of a distribution, `[labels.length, classes]`. */
export function targetRows(labels: ArrayLike<number>, { classes, labelSmoothing = 0 }: TargetOptions): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(labelSmoothing / classes);
  for (let row = 0; row < labels.length; row++) targets[row * classes + labels[row]] += 1 - labelSmoothing;
  return targets;
}

/**
 * One weight a class. `"balanced"` gives n / (classes present · images of the class), so that every class weighs alike
 * and the mean over the images is 1 (King and Zeng, 2001; scikit-learn's `class_weight="balanced"`); a class without
 * images gets 0.
 *
 * @throws {RangeError} if the given weights are not one finite number of at least 0 for each class
 */
export function classWeightsOf(
  weights: "balanced" | readonly number[] | undefined,
  { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
): Float32Array {
  if (weights === undefined) return new Float32Array(classes).fill(1);
  if (weights === "balanced") {
    const counts = new Float64Array(classes);
    for (const label of labels) counts[label]++;
    const present = counts.filter((count) => count > 0).length;
    return Float32Array.from(counts, (count) => count === 0 ? 0 : labels.length / (present * count));
  }
  if (weights.length !== classes || !weights.every((weight) => weight >= 0 && weight < Infinity)) {
    throw new RangeError(
      `Cannot weigh the classes: there must be ${classes} finite weights of at least 0: current value is [${weights}]`,
    );
  }
  return Float32Array.from(weights);
}
