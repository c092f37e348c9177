import type { tf } from "../tensorflow.ts";
import type { GraphEngine, GraphEngineOptions } from "./engine_types.ts";
import { forwardEngine } from "./forward_engine.ts";
import { planOf } from "./network_plan.ts";
import { TemplateWeights } from "./template_weights.ts";
import { trainingEngine } from "./training_engine.ts";

/**
 * Compiles a network: its training step (forward pass, loss, gradients, optimizer, batch-norm statistics) becomes one
 * TensorFlow graph with the weights inside, and its forward passes graphs with batch norm folded into the layer before.
 *
 * All layers' arithmetic is TensorFlow's, and agrees with tfjs's to float32's precision. A batch norm whose weights are
 * frozen is at rest in training too. Noise layers draw from `noiseKey` and their place in the network alone.
 *
 * @param network takes normalised images, gives logits; its weights are copied now, and must not be set while the
 *   engine lives
 * @throws {CannotCompileError} naming the layer that the compiler does not know; train eagerly instead
 * @throws {Error} if `engineSupport()` says that this process cannot build graphs
 *
 * @example
 * ```ts
 * import { cnn, engineSupport, graphEngine, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const network = cnn({ shape: { height: 8, width: 8, channels: 1 }, classes: 2, filters: [4], random: new Random(1) });
 * if (engineSupport().available) {
 *   const engine = graphEngine(network, { normalization: { mean: [0.5], deviation: [0.25] } });
 *   const logits = await engine.forward(new Uint8Array(3 * 8 * 8));
 *   assert.deepEqual([logits.rows, logits.columns], [3, 2]);
 *   await engine.dispose();
 * }
 * network.dispose();
 * ```
 */
export function graphEngine(network: tf.LayersModel, options: GraphEngineOptions): GraphEngine {
  const { optimizer, precision = "float32" } = options;
  const parts = {
    network,
    plan: planOf(network),
    template: new TemplateWeights(network),
    options: { ...options, precision },
  };
  return optimizer ? trainingEngine(parts, optimizer) : forwardEngine(parts);
}
