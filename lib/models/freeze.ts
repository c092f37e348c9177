import type { tf } from "../runtime/tensorflow.ts";
import { stageOf } from "./architecture.ts";
import { stagesOf } from "./architectures.ts";

/** What {@linkcode freeze} leaves as it is. */
export interface FreezeOptions {
  /** The last frozen stage, from the images on (`"layer3"` of a ResNet); none is frozen where it is left out. */
  readonly upTo?: string;
  /** Batch norms further on too: they keep the statistics of pretraining, which small batches would spoil. Default false. */
  readonly batchNorms?: boolean;
}

/**
 * Freezes a network from its images up to a named stage, and thaws the rest. Weights of frozen layers do not change in
 * training, nor do statistics of frozen batch norms; they cost no backward pass and no optimizer's memory.
 *
 * @param network one of `architectures`, or any other, each layer with weights being a stage then
 * @throws {RangeError} naming the stages, if there is none of that name, or nothing would be left to train
 *
 * @example
 * ```ts
 * import { freeze, Random, resnet } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const network = resnet({ depth: 18, shape, classes: 10, random: new Random(1) });
 * freeze(network, { upTo: "layer4" });
 * assert.deepEqual(network.trainableWeights.map(({ originalName }) => originalName), ["fc/kernel", "fc/bias"]);
 * network.dispose();
 * ```
 */
export function freeze(network: tf.LayersModel, { upTo, batchNorms = false }: FreezeOptions = {}): void {
  const stages = stagesOf(network);
  const names = stages.map(({ name }) => name);
  const last = upTo === undefined ? -1 : names.indexOf(upTo);
  if (upTo !== undefined && (last < 0 || last === names.length - 1)) {
    throw new RangeError(
      `Cannot freeze the network: the last frozen stage must be one of ${names.slice(0, -1).join(", ")}: ` +
        `current value is "${upTo}"`,
    );
  }
  for (const layer of network.layers) {
    if (layer.weights.length === 0) continue;
    const stage = stageOf({ stages }, layer.name);
    const isResting = batchNorms && layer.getClassName() === "BatchNormalization";
    layer.trainable = !isResting && (stage === undefined || stages.indexOf(stage) > last);
  }
}
