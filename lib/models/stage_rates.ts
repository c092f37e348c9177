import type { tf } from "../runtime/tensorflow.ts";
import { stageOf } from "./architecture.ts";
import { stagesOf } from "./architectures.ts";

/** Options of {@linkcode stageRates}. */
export interface StageRatesOptions {
  /** By which each stage learns more slowly than the next one. Default 2.6, as Howard and Ruder (2018) found. */
  readonly decay?: number;
  /** By stage, what to multiply the learning rate by instead. */
  readonly scales?: Readonly<Record<string, number>>;
}

/**
 * Discriminative learning rates (Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL
 * 2018, section 3.2): the last stage of a network learns at the full rate η, the one before at η / decay, and so on; what
 * lies near the images is general and changes least.
 *
 * @returns by layer, for `FitOptions.learningRateScales`
 * @throws {RangeError} if `decay` is below 1, or `scales` names a stage that the network does not have
 *
 * @example
 * ```ts
 * import { Random, resnet, stageRates } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const network = resnet({ depth: 18, shape, classes: 10, random: new Random(1) });
 * const rates = stageRates(network, { decay: 2, scales: { layer1: 0.01 } });
 * assert.deepEqual([rates["fc"], rates["layer4.0.conv1"], rates["layer1.0.conv1"]], [1, 0.5, 0.01]);
 * network.dispose();
 * ```
 */
export function stageRates(
  network: tf.LayersModel,
  { decay = 2.6, scales = {} }: StageRatesOptions = {},
): Readonly<Record<string, number>> {
  const stages = stagesOf(network);
  if (!(decay >= 1 && decay < Infinity)) {
    throw new RangeError(`Cannot give each stage its rate: decay must be at least 1: current value is ${decay}`);
  }
  const stranger = Object.keys(scales).find((name) => !stages.some((stage) => stage.name === name));
  if (stranger !== undefined) {
    throw new RangeError(
      `Cannot give each stage its rate: scales must name stages, ${stages.map(({ name }) => name).join(", ")}: ` +
        `current value is "${stranger}"`,
    );
  }
  return Object.fromEntries(
    network.layers.flatMap(({ name, weights }) => {
      const stage = weights.length > 0 ? stageOf({ stages }, name) : undefined;
      if (!stage) return [];
      return [[name, scales[stage.name] ?? decay ** (stages.indexOf(stage) - stages.length + 1)]];
    }),
  );
}
