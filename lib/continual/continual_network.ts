import { augmentBatch, type AugmentBatchOptions } from "../data/augment_batch.ts";
import type { Normalization } from "../data/channel_statistics.ts";
import { type Examples, instancesOf } from "../learning/examples.ts";
import { instanceCount, instancesAt, isMatrix } from "../learning/instances.ts";
import type { EngineState } from "../runtime/engine/engine_state.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { applyEagerRemedies } from "../training/apply_eager_remedies.ts";
import { mendBatchNorm } from "../training/mend_batch_norm.ts";
import { hostTensors, readWeights, weightVariables, writeWeights } from "../training/network_weights.ts";
import { normaliser } from "../training/normaliser.ts";
import { type Optimizer, slotsOf, update } from "../training/optimizers.ts";
import { dropoutLayersOf } from "../training/seeded_dropout.ts";
import { softmaxCrossEntropy } from "../training/softmax_cross_entropy.ts";
import { targetRows } from "../training/target_rows.ts";
import { type CompiledSteps, compiledSteps, type HostBatch } from "./compiled_steps.ts";
import { distillation, type Teaching } from "./distillation.ts";
import type { Exemplar } from "./exemplar.ts";
import type { QuadraticPenalty } from "./quadratic_penalty.ts";
import type { Snapshot } from "./snapshot.ts";
import { type ContinualStream, unitsFor } from "./stream.ts";
import { unitMask } from "./unit_mask.ts";
import type { WeightPath } from "./weight_path.ts";

/** Examples as tensors. Whoever reads a batch disposes of its tensors. */
export interface Batch {
  readonly exemplars: readonly Exemplar[];
  /** `[count, …]`, what the network takes. */
  readonly x: tf.Tensor;
  /** `[count, units]`, one-hot. */
  readonly targets: tf.Tensor2D;
  /** `[count, units]`: 0 where the unit competes for the example, far below 0 where it does not. */
  readonly mask: tf.Tensor2D;
}

/** A loss and its gradient by each trained weight. */
export interface LossGradients {
  readonly loss: tf.Scalar;
  readonly gradients: tf.Tensor[];
}

/** Options of a network's cross-entropy. */
export interface CrossEntropyOptions {
  /** Dropout draws from it; there is none where it is left out. */
  readonly noiseKey?: number;
  readonly teaching?: Teaching;
}

/** What plain steps do beside lowering the mean cross-entropy. */
export interface PlainStepsOptions {
  readonly penalty?: QuadraticPenalty;
  readonly path?: WeightPath;
  readonly teaching?: Teaching;
}

/** Steps on the mean cross-entropy, compiled. Between the first and `end` the network's own weights are those of before. */
export interface PlainSteps {
  /** @returns the loss before the update */
  step(batch: HostBatch, numbers: { readonly learningRate: number; readonly noiseKey: number }): Promise<number>;
  /** Hands weights and optimizer back to the network, and to the path what the steps gained. */
  end(): Promise<void>;
}

/** The network under training, as continual-learning strategies need it. */
export interface ContinualNetwork {
  readonly stream: ContinualStream;
  /** The trained weights, in a fixed order; gradients have the same. */
  readonly weights: readonly tf.Variable[];
  /** Examples in which the units known after experience `seen` compete. */
  host(exemplars: readonly Exemplar[], seen: number, augmentation?: AugmentBatchOptions): Promise<HostBatch>;
  /** The same as tensors. */
  read(exemplars: readonly Exemplar[], seen: number, augmentation?: AugmentBatchOptions): Promise<Batch>;
  /** `[count, units]`, in training mode with noise from `noiseKey`, which otherwise is off. */
  logits(x: tf.Tensor, noiseKey?: number): tf.Tensor2D;
  /** Mean cross-entropy over all rows of these batches, among the units that compete; with a teacher, what it adds. */
  crossEntropy(batches: readonly Batch[], options?: CrossEntropyOptions): tf.Scalar;
  gradients(loss: () => tf.Scalar): LossGradients;
  /**
   * For a strategy whose loss is the mean cross-entropy, or that with a teacher's, and a quadratic penalty or none;
   * undefined where the network or the backend cannot be compiled.
   */
  plainSteps(options?: PlainStepsOptions): Promise<PlainSteps | undefined>;
  /** One update by the optimizer. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Of examples, in evaluation mode: logits `[count, units]`, or what the feature layer gives, flattened. */
  forward(examples: Examples, output: "logits" | "features"): Promise<Matrix>;
  /** A frozen copy of what the network is now. */
  snapshot(): Snapshot;
  /** New weights and a new optimizer. */
  reset(random: Random): void;
  /** Forgets what the optimizer remembers. */
  resetOptimizer(): void;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): void;
  dispose(): void;
}

/** What {@linkcode continualNetwork} is made of. */
export interface ContinualNetworkOptions {
  readonly stream: ContinualStream;
  readonly build: (random: Random) => tf.LayersModel;
  readonly random: Random;
  readonly optimizer: Optimizer;
  /** Default: pixels between 0 and 1. Embeddings are taken as they are. */
  readonly normalization?: Normalization;
  /** Default: the layer before the last. */
  readonly featureLayer?: string;
}

const blockRows = 1000;

/**
 * Makes the network. Plain steps are compiled; losses and gradients of a strategy's own are computed operation by operation.
 *
 * @throws {RangeError} if the network does not have one output for each unit of the stream
 */
export function continualNetwork(options: ContinualNetworkOptions): ContinualNetwork {
  applyEagerRemedies();
  mendBatchNorm();
  const { stream, build, random, optimizer } = options;
  const network = build(random);
  const classes = stream.classNames.length;
  const outputs = network.outputs[0].shape.at(-1);
  if (outputs !== classes) {
    network.dispose();
    throw new RangeError(
      `Cannot learn the stream: the network must have ${classes} outputs, one for each class name of the stream: ` +
        `current value is ${outputs}`,
    );
  }
  const trained = network.trainableWeights.map((weight) => ({
    weight,
    variable: weight.read() as tf.Variable,
    slots: slotsOf(optimizer).map((slot) => ({
      name: `${weight.originalName}/${slot}`,
      variable: tf.tidy(() => tf.variable(tf.zeros(weight.shape as number[]), false)),
    })),
  }));
  const dropout = dropoutLayersOf(network);
  const layer = options.featureLayer ?? network.layers[network.layers.length - 2].name;
  const featureModel = tf.model({ inputs: network.inputs, outputs: network.getLayer(layer).output });
  const inputShape = network.inputs[0].shape.slice(1) as number[];
  const width = inputShape.reduce((size, side) => size * side, 1);
  const channels = inputShape.at(-1)!;
  const normalise = normaliser(
    options.normalization ?? { mean: Array(channels).fill(0), deviation: Array(channels).fill(1) },
  );
  const compiled = new Map<string, CompiledSteps | undefined>();
  let step = 0;

  async function inputOf(
    examples: Examples,
    indices: ArrayLike<number>,
    augmentation?: AugmentBatchOptions,
  ): Promise<Float32Array> {
    const instances = instancesOf(examples);
    if (isMatrix(instances)) return instancesAt(instances, indices).data;
    const bytes = await instances.read(indices);
    return normalise(augmentation ? augmentBatch(bytes, instances.shape, augmentation) : bytes);
  }

  const tensorOf = (values: Float32Array, count: number): tf.Tensor => tf.tensor(values, [count, ...inputShape]);

  function resetOptimizer(): void {
    step = 0;
    for (const { slots } of trained) for (const { variable } of slots) assign(variable, () => tf.zerosLike(variable));
  }

  const own: ContinualNetwork = {
    stream,
    weights: trained.map(({ variable }) => variable),

    async host(exemplars, seen, augmentation) {
      const parts = await Promise.all(
        [...Map.groupBy(exemplars.entries(), ([, { experience }]) => experience)].map(async (
          [experience, entries],
        ) => ({
          places: entries.map(([place]) => place),
          values: await inputOf(
            stream.experiences[experience].train,
            entries.map(([, { index }]) => index),
            // Batches are read side by side: each draws from its own.
            augmentation && { ...augmentation, random: augmentation.random.child(experience) },
          ),
          competing: unitMask(unitsFor(stream, { of: experience, seen }), classes),
        })),
      );
      const count = exemplars.length;
      const x = new Float32Array(count * width);
      const mask = new Float32Array(count * classes);
      for (const { places, values, competing } of parts) {
        places.forEach((place, at) => {
          x.set(values.subarray(at * width, (at + 1) * width), place * width);
          mask.set(competing, place * classes);
        });
      }
      const labels = exemplars.map(({ label }) => label);
      return { count, x, targets: targetRows(labels, { classes, labelSmoothing: 0 }), mask };
    },

    async read(exemplars, seen, augmentation) {
      const { count, x, targets, mask } = await own.host(exemplars, seen, augmentation);
      return {
        exemplars,
        x: tensorOf(x, count),
        targets: tf.tensor2d(targets, [count, classes]),
        mask: tf.tensor2d(mask, [count, classes]),
      };
    },

    async plainSteps({ penalty, path, teaching } = {}) {
      const kind = { springs: penalty !== undefined, path: path !== undefined, teacher: teaching !== undefined };
      const key = JSON.stringify(kind);
      if (!compiled.has(key)) compiled.set(key, compiledSteps(network, { optimizer, ...kind }));
      const steps = compiled.get(key);
      if (!steps) return undefined;
      await steps.write(await own.readState(), {
        springs: await penalty?.save(),
        teacher: await teaching?.teacher.read(),
      });
      return {
        step: (batch, numbers) => steps.step(batch, { ...numbers, step: ++step, teaching }),
        async end() {
          const { gains, ...state } = await steps.read();
          own.writeState({ ...state, step });
          path?.add(gains);
        },
      };
    },

    logits(x, noiseKey) {
      if (noiseKey !== undefined) dropout.forEach((layer, stream) => layer.noise = { key: noiseKey, stream });
      try {
        return network.apply(x, { training: noiseKey !== undefined }) as tf.Tensor2D;
      } finally {
        dropout.forEach((layer) => layer.noise = undefined);
      }
    },

    crossEntropy(batches, { noiseKey, teaching } = {}) {
      const joined = <T extends tf.Tensor>(of: (batch: Batch) => T): T =>
        batches.length === 1 ? of(batches[0]) : tf.concat(batches.map(of));
      const x = joined((batch) => batch.x);
      const logits = own.logits(x, noiseKey);
      const competing = logits.add(joined(({ mask }) => mask)) as tf.Tensor2D;
      const loss = softmaxCrossEntropy(competing, joined(({ targets }) => targets)).mean() as tf.Scalar;
      if (!teaching) return loss;
      return loss.mul(teaching.labels).add(distillation(logits, { ...teaching, known: teaching.teacher.logits(x) }));
    },

    gradients(loss) {
      const { value, grads } = tf.variableGrads(loss, trained.map(({ variable }) => variable));
      return { loss: value, gradients: trained.map(({ variable }) => grads[variable.name]) };
    },

    apply(gradients, learningRate) {
      step++;
      for (const [place, { weight, variable, slots }] of trained.entries()) {
        const updated = update(optimizer, {
          weight: variable,
          gradient: gradients[place],
          slots: slots.map((slot) => slot.variable),
          learningRate,
          step,
        });
        weight.write(updated.weight);
        slots.forEach((slot, at) => slot.variable.assign(updated.slots[at]));
        tf.dispose([updated.weight, updated.slots]);
      }
    },

    async forward(examples, output) {
      const count = instanceCount(instancesOf(examples));
      const blocks: Float32Array[] = [];
      for (let first = 0; first < count; first += blockRows) {
        const indices = Array.from({ length: Math.min(blockRows, count - first) }, (_, place) => first + place);
        const values = await inputOf(examples, indices);
        const result = tf.tidy(() =>
          ((output === "logits" ? network : featureModel).apply(tensorOf(values, indices.length)) as tf.Tensor)
            .reshape([indices.length, -1])
        );
        blocks.push(await result.data<"float32">());
        result.dispose();
      }
      const data = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
      blocks.reduce((end, block) => {
        data.set(block, end);
        return end + block.length;
      }, 0);
      return { rows: count, columns: count === 0 ? 0 : data.length / count, data };
    },

    snapshot() {
      const copy = build(random);
      copyWeights(network, copy);
      return {
        logits: (x) => copy.apply(x) as tf.Tensor2D,
        read: () => readWeights(copy),
        dispose: () => void copy.dispose(),
      };
    },

    reset(random) {
      const fresh = build(random);
      copyWeights(fresh, network);
      fresh.dispose();
      resetOptimizer();
    },

    resetOptimizer,

    async readState() {
      return {
        weights: await readWeights(network),
        optimizer: await hostTensors(
          trained.flatMap(({ slots }) => slots.map(({ name, variable }): [string, tf.Tensor] => [name, variable])),
        ),
        step,
      };
    },

    writeState(state) {
      writeWeights(network, state.weights);
      for (const { name, variable } of trained.flatMap(({ slots }) => slots)) {
        const kept = state.optimizer.get(name);
        assign(variable, () => kept ? tf.tensor(kept.data, variable.shape) : tf.zerosLike(variable));
      }
      step = state.step;
    },

    dispose() {
      compiled.forEach((steps) => steps?.close());
      tf.dispose(trained.flatMap(({ slots }) => slots.map(({ variable }) => variable)));
      network.dispose();
    },
  };
  return own;
}

/** Frees a batch's tensors. */
export function disposeBatch({ x, targets, mask }: Batch): void {
  tf.dispose([x, targets, mask]);
}

function assign(variable: tf.Variable, value: () => tf.Tensor): void {
  tf.tidy(() => variable.assign(value()));
}

/** The values themselves are copied: a tensor that both networks held would be neither's. */
function copyWeights(from: tf.LayersModel, to: tf.LayersModel): void {
  const sources = weightVariables(from);
  for (const [name, variable] of weightVariables(to)) {
    tf.tidy(() => {
      variable.write(sources.get(name)!.read().clone());
    });
  }
}
