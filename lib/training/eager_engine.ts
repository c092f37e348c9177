import type { EngineState } from "../runtime/engine/engine_state.ts";
import type { GraphBatch } from "../runtime/engine/engine_types.ts";
import { layerOf } from "../runtime/engine/network_plan.ts";
import { weightDecayOf } from "../runtime/engine/optimizer_updates.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import { applyEagerRemedies } from "./apply_eager_remedies.ts";
import type { Engine, EngineOptions, ForwardOptions, StepResult } from "./engine.ts";
import { mendBatchNorm } from "./mend_batch_norm.ts";
import { hostTensors, weightVariables, writeWeights } from "./network_weights.ts";
import { normaliser } from "./normaliser.ts";
import { optimizerOf, slotsOf, update } from "./optimizers.ts";
import { dropoutLayersOf } from "./seeded_dropout.ts";
import { softmaxCrossEntropy } from "./softmax_cross_entropy.ts";
import { inputShapeOf, normalizationOf, type Trainable } from "./trainable.ts";

/**
 * Runs a network operation by operation, as tfjs does, with its weights where tfjs keeps them. Works on every backend
 * and for every layer.
 */
export function eagerEngine(
  trainable: Trainable,
  { optimizer = optimizerOf("sgd"), clipNorm, learningRateScales = {} }: EngineOptions = {},
): Engine {
  applyEagerRemedies();
  mendBatchNorm();
  const { network, featureLayer } = trainable;
  const { height, width, channels } = inputShapeOf(network);
  const classes = network.outputs[0].shape.at(-1) as number;
  const normalise = normaliser(normalizationOf(trainable));
  const dropout = dropoutLayersOf(network);
  const weights = weightVariables(network);
  const trained = network.trainableWeights.map((weight) => ({
    weight,
    variable: weight.read() as tf.Variable,
    slots: new Map(
      slotsOf(optimizer).map((slot) => [slot, tf.tidy(() => tf.variable(tf.zeros(weight.shape as number[])))]),
    ),
  }));
  let features: tf.LayersModel | undefined;
  let step = 0;

  function imageTensor(images: Uint8Array): tf.Tensor4D {
    const count = images.length / (height * width * channels);
    return tf.tensor4d(normalise(images), [count, height, width, channels]);
  }

  /** Runs `work` with the dropout layers drawing from `key`, or off. */
  function withNoise<T>(key: number | undefined, work: () => T): T {
    dropout.forEach((layer, stream) => layer.noise = key === undefined ? undefined : { key, stream });
    try {
      return work();
    } finally {
      dropout.forEach((layer) => layer.noise = undefined);
    }
  }

  function updateWeights(gradients: tf.Tensor[], batch: GraphBatch): void {
    const decayed = { ...optimizer, weightDecay: weightDecayOf(optimizer, batch) };
    for (const [index, { weight, variable, slots }] of trained.entries()) {
      const updated = update(decayed, {
        weight: variable,
        gradient: gradients[index],
        slots: [...slots.values()],
        learningRate: batch.learningRate * (learningRateScales[layerOf(weight.originalName)] ?? 1),
        step,
      });
      weight.write(updated.weight);
      [...slots.values()].forEach((slot, place) => slot.assign(updated.slots[place]));
      tf.dispose([updated.weight, updated.slots]);
    }
  }

  return {
    kind: "eager",

    async step(batch: GraphBatch): Promise<StepResult> {
      const found = tf.tidy(() => {
        const targets = tf.tensor2d(batch.targets, [batch.weights.length, classes]);
        const images = imageTensor(batch.images);
        let correct!: tf.Tensor;
        const { value, grads } = withNoise(batch.noiseKey, () =>
          tf.variableGrads(() => {
            const logits = network.apply(images, { training: true }) as tf.Tensor2D;
            correct = tf.keep(logits.argMax(-1).equal(targets.argMax(-1)).cast("float32").sum());
            const losses = softmaxCrossEntropy(logits, targets).mul(tf.tensor1d(batch.weights));
            return network.calculateLosses().reduce((sum, loss) => sum.add(loss), losses.mean()) as tf.Scalar;
          }, trained.map(({ variable }) => variable)));
        step++;
        const gradients = trained.map(({ variable }) => grads[variable.name]);
        updateWeights(clipNorm === undefined ? gradients : clipped(gradients, clipNorm), batch);
        const both = tf.stack([value, correct]);
        correct.dispose();
        return both;
      });
      const [loss, correct] = await found.data();
      found.dispose();
      return { loss, correct };
    },

    async forward(images: Uint8Array, { output = "logits", noiseKey }: ForwardOptions = {}): Promise<Matrix> {
      const model = output === "logits"
        ? network
        : features ??= tf.model({ inputs: network.inputs, outputs: network.getLayer(featureLayer).output });
      const result = withNoise(noiseKey, () =>
        tf.tidy(() => {
          const values = model.apply(imageTensor(images)) as tf.Tensor;
          return values.reshape([values.shape[0], -1]);
        }));
      const [rows, columns] = result.shape;
      const data = await result.data<"float32">();
      result.dispose();
      return { rows, columns, data };
    },

    async readState(): Promise<EngineState> {
      const slots = trained.flatMap(({ weight, slots }) =>
        [...slots].map(([slot, variable]): [string, tf.Tensor] => [`${weight.originalName}/${slot}`, variable])
      );
      return {
        weights: await hostTensors([...weights].map(([name, weight]) => [name, weight.read()])),
        optimizer: await hostTensors(slots),
        step,
      };
    },

    writeState(state: EngineState): Promise<void> {
      return Promise.try(() => {
        writeWeights(network, state.weights);
        for (const { weight, slots } of trained) {
          for (const [slot, variable] of slots) {
            const value = state.optimizer.get(`${weight.originalName}/${slot}`);
            tf.tidy(() => variable.assign(value ? tf.tensor(value.data, variable.shape) : tf.zerosLike(variable)));
          }
        }
        step = state.step;
      });
    },

    dispose(): Promise<void> {
      return Promise.try(() => tf.dispose(trained.map(({ slots }) => [...slots.values()])));
    },
  };
}

/** Scaled so that their joint norm is at most `limit` (Pascanu et al., 2013, algorithm 1). */
function clipped(gradients: tf.Tensor[], limit: number): tf.Tensor[] {
  const norm = tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
  const scale = tf.scalar(limit).div(norm.maximum(limit));
  return gradients.map((gradient) => gradient.mul(scale));
}
