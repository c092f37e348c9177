import type { Random } from "../runtime/random.ts";
import type { tf } from "../runtime/tensorflow.ts";
import { inputShapeOf } from "../training/trainable.ts";
import { normalizationFor, type Preprocessing } from "./architecture.ts";
import { architectureOf } from "./architectures.ts";
import { NetworkClassifier } from "./network_classifier.ts";
import { replaceHead } from "./replace_head.ts";

/** A network with weights from somewhere, and how they expect their images. */
export interface PretrainedNetwork {
  /** One of `architectures`. */
  readonly network: tf.LayersModel;
  readonly preprocessing: Preprocessing;
}

/** Options of {@linkcode transferClassifier}. */
export interface TransferOptions {
  /** Of the new task. */
  readonly classNames: readonly string[];
  /** Of the new head's weights. */
  readonly random: Random;
}

/**
 * A classifier for new classes out of a pretrained network: its head is replaced, its trunk and normalization kept. Train
 * it with `fineTune`, or with its own `fit`.
 *
 * @param pretrained its network is used up: it is the classifier's from now on
 */
export function transferClassifier(
  { network, preprocessing }: PretrainedNetwork,
  { classNames, random }: TransferOptions,
): NetworkClassifier {
  const { featureLayer } = architectureOf(network.name);
  return new NetworkClassifier({
    network: replaceHead(network, { classes: classNames.length, random }),
    classNames,
    featureLayer,
    normalization: normalizationFor(preprocessing, inputShapeOf(network).channels),
  });
}
