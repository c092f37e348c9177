import { tf } from "../runtime/tensorflow.ts";
import type { LinearClassifier } from "./linear_classifier.ts";

/**
 * Gives a network's last layer the weights of a linear classifier that was trained on its embeddings: the network then
 * answers as the classifier does, and is saved, loaded and run as any other. Fine-tuning from there leaves the trunk's
 * features less distorted than from a random head: LP-FT, Kumar et al. (2022), Fine-tuning can distort pretrained
 * features and underperform out-of-distribution, ICLR.
 *
 * @throws {RangeError} if the network does not end in one dense layer with a bias, of the classifier's features and classes
 *
 * @example
 * ```ts
 * import { cnn, linearProbe, memoryImages, NetworkClassifier, Random, setHead } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 8, width: 8, channels: 1 };
 * const images = memoryImages(new Uint8Array(256).map((_, place) => place % 100), shape);
 * const classNames = ["cat", "dog"];
 * const classifier = new NetworkClassifier({
 *   network: cnn({ shape, classes: 2, random: new Random(1) }),
 *   classNames,
 *   normalization: { mean: [0.5], deviation: [0.25] },
 * });
 * const embeddings = await classifier.embeddings(images);
 * const probe = await linearProbe(embeddings, [0, 1, 0, 1], { classNames });
 * setHead(classifier.network, probe);
 * const [ours, its] = [await classifier.probabilities(images), await probe.probabilities(embeddings)];
 * ours.data.forEach((value, at) => assert.ok(Math.abs(value - its.data[at]) < 1e-4));
 * await classifier.dispose();
 * ```
 */
export function setHead(
  network: tf.LayersModel,
  { weights: { rows: classes, columns, data } }: LinearClassifier,
): void {
  const shapes = network.outputs[0].sourceLayer.weights.map(({ shape }) => `[${shape}]`).join(" and ");
  const wanted = `[${columns - 1},${classes}] and [${classes}]`;
  if (network.outputs.length !== 1 || shapes !== wanted) {
    throw new RangeError(
      `Cannot set the head: the network's last layer must have weights of shapes ${wanted}: current value is ${shapes}. ` +
        "Give it a head for these classes first: replaceHead.",
    );
  }
  tf.tidy(() => {
    const all = tf.tensor2d(data, [classes, columns]);
    const kernel = all.slice([0, 0], [-1, columns - 1]).transpose();
    network.outputs[0].sourceLayer.setWeights([kernel, all.slice([0, columns - 1], [-1, 1]).reshape([classes])]);
  });
}
