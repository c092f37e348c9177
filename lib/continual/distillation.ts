import { tf } from "../runtime/tensorflow.ts";
import { softmaxCrossEntropy } from "../training/softmax_cross_entropy.ts";
import type { Snapshot } from "./snapshot.ts";
import { unitMask } from "./unit_mask.ts";

/** Output units about which a teacher is asked at a time. */
export interface TaughtHead {
  /** Those that the teacher knows. */
  readonly taught: readonly number[];
  /** Those among which the student answers; the teacher gives the ones it does not know 0. */
  readonly competing: readonly number[];
  /** What this head's cross-entropy is multiplied by in the loss. */
  readonly weight: number;
}

/** loss = `labels`·(cross-entropy with the labels) + Σ of the heads' distillation, see {@linkcode distillation}. */
export interface Teaching {
  readonly teacher: Snapshot;
  /** What the cross-entropy with the labels is multiplied by. */
  readonly labels: number;
  /** T. */
  readonly temperature: number;
  readonly heads: readonly TaughtHead[];
}

/**
 * Σ over heads of weight·mean over rows of −Σ_j softmax(teacher/T)_j · log softmax(student/T)_j, both softmaxes among the
 * head's own units (Hinton et al., 2015).
 *
 * @param student logits `[count, units]`, as are `known`, the teacher's
 */
export function distillation(
  student: tf.Tensor2D,
  { known, temperature, heads }: Pick<Teaching, "temperature" | "heads"> & { readonly known: tf.Tensor2D },
): tf.Scalar {
  const among = (logits: tf.Tensor2D, units: readonly number[]): tf.Tensor2D =>
    logits.div(temperature).add(tf.tensor1d(unitMask(units, logits.shape[1])));
  return tf.addN(
    heads.map(({ taught, competing, weight }) =>
      softmaxCrossEntropy(among(student, competing), tf.softmax(among(known, taught)))
        .mean()
        .mul(weight)
    ),
  );
}
