import { tf } from "../runtime/tensorflow.ts";
import type { Trainable } from "../training/trainable.ts";
import { stageOf } from "./architecture.ts";
import { stagesOf } from "./architectures.ts";

/** A network up to the end of one of its stages. */
export interface StageTrunk {
  readonly stage: string;
  /** For `embeddings`: what the stage sees, as the mean of each channel over the picture. */
  readonly trunk: Trainable;
}

/**
 * A network cut behind each of its stages but the head, from the images on: with a probe on what each of them sees, it
 * shows where a network knows what (Alain and Bengio, 2016). Feature maps are averaged over the picture, so that a probe
 * has one number for each channel.
 *
 * The trunks share the network's layers and weights, and end with it.
 *
 * @example
 * ```ts
 * import { cifarResnet, Random, stageTrunks } from "curio";
 * import assert from "node:assert/strict";
 *
 * const network = cifarResnet({ shape: { height: 32, width: 32, channels: 3 }, classes: 10, random: new Random(1) });
 * const trunks = stageTrunks({ network, featureLayer: "avgpool", classNames: [] });
 * const widths = trunks.map(({ stage, trunk }) => [stage, trunk.network.outputShape[1]]);
 * assert.deepEqual(widths, [["stem", 16], ["layer1", 16], ["layer2", 32], ["layer3", 64]]);
 * network.dispose();
 * ```
 */
export function stageTrunks({ network, ...rest }: Trainable): StageTrunk[] {
  const stages = stagesOf(network);
  return stages.slice(0, -1).map(({ name: stage }) => {
    const last = network.layers.findLast((layer) => stageOf({ stages }, layer.name)?.name === stage)!;
    const output = last.output as tf.SymbolicTensor;
    const featureLayer = output.shape.length === 4 ? `${stage}.mean` : last.name;
    const outputs = output.shape.length === 4
      ? tf.layers.globalAveragePooling2d({ name: featureLayer }).apply(output) as tf.SymbolicTensor
      : output;
    const trunk = tf.model({ inputs: network.inputs, outputs, name: `${network.name}.${stage}` });
    return { stage, trunk: { ...rest, network: trunk, featureLayer } };
  });
}
