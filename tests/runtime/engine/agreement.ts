import assert from "node:assert/strict";
import { type GraphBatch, graphEngine, Random, tf } from "curio";
import { eagerEngine } from "../../../lib/training/eager_engine.ts";
import { softmaxCrossEntropy } from "../../../lib/training/softmax_cross_entropy.ts";
import type { OptimizerOptions } from "../../../lib/training/optimizers.ts";
import { optimizerOf } from "../../../lib/training/optimizers.ts";
import { mendBatchNorm } from "../../../lib/training/mend_batch_norm.ts";
import type { NamedTensors } from "../../../lib/runtime/engine/engine_state.ts";

/** What both engines are given. */
export interface AgreementOptions {
  /** Sizes of the batches, one a step. */
  readonly batches?: readonly number[];
  readonly optimizer?: OptimizerOptions;
  readonly clipNorm?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly featureLayer?: string;
}

/** ‖compiled − eager‖ ≤ 1e-5·‖eager‖ + 1e-7 */
export function assertClose(compiled: ArrayLike<number>, eager: ArrayLike<number>, what: string): void {
  assert.equal(compiled.length, eager.length, what);
  let difference = 0;
  let reference = 0;
  for (let place = 0; place < eager.length; place++) {
    difference += (compiled[place] - eager[place]) ** 2;
    reference += eager[place] ** 2;
  }
  const limit = 1e-5 * Math.sqrt(reference) + 1e-7;
  assert.ok(Math.sqrt(difference) <= limit, `${what}: ‖difference‖ = ${Math.sqrt(difference)}, limit ${limit}`);
}

export function assertAllClose(compiled: NamedTensors, eager: NamedTensors, what: string): void {
  assert.deepEqual([...compiled.keys()].sort(), [...eager.keys()].sort(), what);
  for (const [name, { data }] of eager) assertClose(compiled.get(name)!.data, data, `${what} of ${name}`);
}

/** Random weights from a seed, so that a test draws the same ones each time. */
export function setRandomWeights(network: tf.LayersModel, random: Random): void {
  for (const weight of network.weights) {
    const name = weight.originalName.split("/").at(-1)!;
    const shape = weight.shape as number[];
    const size = shape.reduce((product, sizes) => product * sizes, 1);
    const inputs = shape.slice(0, -1).reduce((product, sizes) => product * sizes, 1);
    const draw = (): number => {
      if (name === "moving_variance") return random.uniform(0.5, 2);
      if (name === "gamma") return random.uniform(0.5, 1.5);
      return shape.length > 1 ? random.normal() / Math.sqrt(inputs) : 0.2 * random.normal();
    };
    const value = tf.tensor(Float32Array.from({ length: size }, draw), shape);
    weight.write(value);
    value.dispose();
  }
}

export function randomBatch(network: tf.LayersModel, count: number, random: Random): GraphBatch {
  const pixels = (network.inputs[0].shape.slice(1) as number[]).reduce((product, size) => product * size, 1);
  const classes = network.outputs[0].shape.at(-1) as number;
  const targets = new Float32Array(count * classes).fill(0.1 / classes);
  for (let row = 0; row < count; row++) targets[row * classes + random.integer(classes)] += 0.9;
  return {
    images: Uint8Array.from({ length: count * pixels }, () => random.integer(256)),
    targets,
    weights: Float32Array.from({ length: count }, () => random.uniform(0.5, 2)),
    learningRate: 0.05,
    noiseKey: random.uint32(),
  };
}

/** Gradients as tfjs finds them, without any engine. */
function eagerGradients(network: tf.LayersModel, batch: GraphBatch, normalization: typeof pixels): NamedTensors {
  // With another kernel a unit whose input is within rounding of 0 falls on the other side of its ReLU.
  mendBatchNorm();
  const count = batch.weights.length;
  const trained = network.trainableWeights;
  const images = Float32Array.from(batch.images, (byte, place) => {
    const channel = place % normalization.mean.length;
    return (byte / 255 - normalization.mean[channel]) / normalization.deviation[channel];
  });
  const { grads, value } = tf.variableGrads(() => {
    const x = tf.tensor(images, [count, ...network.inputs[0].shape.slice(1) as number[]]);
    const logits = network.apply(x, { training: true }) as tf.Tensor2D;
    const targets = tf.tensor2d(batch.targets, [count, logits.shape[1]]);
    const losses = softmaxCrossEntropy(logits, targets).mul(tf.tensor1d(batch.weights));
    return network.calculateLosses().reduce((sum, loss) => sum.add(loss), losses.mean()) as tf.Scalar;
  }, trained.map((weight) => weight.read() as tf.Variable));
  const named = new Map(trained.map((weight) => {
    const gradient = grads[(weight.read() as tf.Variable).name];
    return [weight.originalName, { shape: gradient.shape, data: gradient.dataSync<"float32">().slice() }];
  }));
  tf.dispose([value, grads]);
  return named;
}

const pixels = { mean: [0.5], deviation: [0.25] };

/**
 * Trains a network with both engines from the same start and asserts that they agree on gradients, losses, right
 * answers, weights, batch-norm statistics, what the optimizer remembers, and the forward passes after it.
 */
export async function assertEnginesAgree(network: tf.LayersModel, options: AgreementOptions = {}): Promise<void> {
  const {
    batches = [4, 4, 3],
    clipNorm,
    learningRate = 0.05,
    seed = 1,
    featureLayer = network.outputs[0].sourceLayer.name,
  } = options;
  const optimizer = optimizerOf(options.optimizer ?? { name: "sgd" });
  const random = new Random(seed);
  const channels = network.inputs[0].shape.at(-1) as number;
  const normalization = { mean: new Array(channels).fill(0.5), deviation: new Array(channels).fill(0.25) };
  const trainable = { network, featureLayer, classNames: [], normalization };
  const before = tf.memory().numTensors;
  setRandomWeights(network, random);
  const start = network.getWeights().map((weight) => weight.clone());
  const steps = batches.map((count) => ({ ...randomBatch(network, count, random), learningRate }));
  const unlearned = randomBatch(network, 5, random).images;

  const noisy = network.layers.some((layer) => layer.getClassName() === "SeededDropout");
  const reference = noisy ? undefined : eagerGradients(network, steps[0], normalization);
  network.setWeights(start);
  const eager = eagerEngine(trainable, { optimizer, clipNorm });
  const eagerResults = [];
  for (const step of steps) eagerResults.push(await eager.step(step));
  const eagerState = await eager.readState();
  const eagerLogits = await eager.forward(unlearned);
  const eagerFeatures = await eager.forward(unlearned, { output: "features" });
  const eagerNoisy = await eager.forward(unlearned, { noiseKey: 77 });
  await eager.dispose();

  network.setWeights(start);
  const compiled = graphEngine(network, { normalization, optimizer, clipNorm, featureLayer });
  if (reference) assertAllClose(await compiled.gradients(steps[0]), reference, "gradient");
  for (const [place, step] of steps.entries()) {
    const { loss, correct } = await compiled.step(step);
    assertClose([loss], [eagerResults[place].loss], `loss of step ${place}`);
    assert.equal(correct, eagerResults[place].correct, `right answers of step ${place}`);
  }
  const state = await compiled.readState();
  assert.equal(state.step, eagerState.step);
  assertAllClose(state.weights, eagerState.weights, "weight");
  assertAllClose(state.optimizer, eagerState.optimizer, "optimizer's state");
  const forwards = async (engine: typeof compiled, kind: string) => {
    assertClose((await engine.forward(unlearned)).data, eagerLogits.data, `${kind} logits`);
    assertClose((await engine.forward(unlearned, { output: "features" })).data, eagerFeatures.data, `${kind} features`);
    assertClose((await engine.forward(unlearned, { noiseKey: 77 })).data, eagerNoisy.data, `${kind} noisy logits`);
  };
  await forwards(compiled, "training engine's");
  await compiled.dispose();

  const forward = graphEngine(network, { normalization, featureLayer });
  await forwards(forward, "forward engine's");
  await forward.dispose();
  tf.dispose(start);
  network.getWeights().forEach((weight, place) =>
    assertClose(weight.dataSync(), [...state.weights.values()][place].data, "handed back")
  );
  const after = tf.memory().numTensors;
  network.dispose();
  assert.equal(after, before, "tensors left behind");
}
