import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { networkParts } from "./network_parts.ts";

/** Options of {@linkcode replaceHead}. */
export interface ReplaceHeadOptions {
  /** Logits of the new head. */
  readonly classes: number;
  /** Of its weights. */
  readonly random: Random;
}

/**
 * Gives a network another number of classes: its last layer, a dense one, is exchanged for a new one of the same name,
 * with weights drawn as Glorot and Bengio (2010, eq. 16); all other layers, weights included, are passed on as they are.
 *
 * @param network is used up: only what is returned may be used, and disposed of, from now on
 * @throws {TypeError} if the network does not end in one dense layer
 *
 * @example
 * ```ts
 * import { cnn, Random, replaceHead } from "curio";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const network = cnn({ shape: { height: 8, width: 8, channels: 1 }, classes: 10, random });
 * const other = replaceHead(network, { classes: 3, random });
 * assert.deepEqual(other.outputShape, [null, 3]);
 * other.dispose();
 * ```
 */
export function replaceHead(network: tf.LayersModel, { classes, random }: ReplaceHeadOptions): tf.LayersModel {
  const { inputs, outputs, name } = network;
  const head = outputs[0].sourceLayer;
  if (outputs.length !== 1 || head.getClassName() !== "Dense") {
    throw new TypeError(
      `Cannot replace the head: the network must end in one dense layer: current value is a ${head.getClassName()} ` +
        `called "${head.name}"`,
    );
  }
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`Cannot replace the head: classes must be a positive integer: current value is ${classes}`);
  }
  const features = head.input as tf.SymbolicTensor;
  const logits = networkParts({ random }).dense(features, { name: head.name, units: classes });
  head.dispose();
  return tf.model({ inputs, outputs: logits, name });
}
