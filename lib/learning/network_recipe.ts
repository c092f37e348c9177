import { createHash } from "node:crypto";
import type { ImageSource } from "../data/dataset.ts";
import type { Classifier } from "../models/classifier.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import type { FitOptions } from "../training/fit_options.ts";
import { readWeights, writeWeights } from "../training/network_weights.ts";
import { openSealedSafetensors, sealSafetensors } from "../training/safetensors.ts";
import type { Trainable } from "../training/trainable.ts";
import type { Estimator, EstimatorRecipe, ShrinkAndPerturbOptions } from "./estimator.ts";

/** How a network is trained in each round. */
export type NetworkFit = Omit<FitOptions, "random" | "signal" | "onProgress" | "onEpoch" | "checkpoint">;

/** What {@linkcode networkRecipe} makes estimators of. */
export interface NetworkRecipeOptions {
  /** Builds the classifier with new weights, drawn from `random`. */
  readonly build: (random: Random) => Classifier | Promise<Classifier>;
  /** Default: 500 gradient steps, and otherwise as `fit`. */
  readonly fit?: NetworkFit;
  /** Default `"network"`. */
  readonly name?: string;
}

/**
 * A network on images as an estimator of the loop. It is trained for a fixed number of gradient steps unless `fit` says
 * otherwise, so that a round with many labels gets no more training than one with few.
 *
 * @example
 * ```ts
 * import { cnn, NetworkClassifier, networkRecipe } from "curio";
 *
 * const shape = { height: 28, width: 28, channels: 1 };
 * const classNames = ["cat", "dog"];
 * const recipe = networkRecipe({
 *   build: (random) => new NetworkClassifier({ network: cnn({ shape, classes: 2, random }), classNames }),
 *   fit: { steps: 300, batchSize: 64 },
 * });
 * console.log(recipe.name);
 * ```
 */
export function networkRecipe(
  { build, fit = { steps: 500 }, name = "network" }: NetworkRecipeOptions,
): EstimatorRecipe<ImageSource> {
  return { name, make: async (random) => networkEstimator(await build(random), fit) };
}

/** A classifier as an estimator; disposing of it disposes of the classifier. */
export function networkEstimator(classifier: Classifier, fit: NetworkFit): Estimator<ImageSource> {
  const { classNames } = classifier;
  return {
    async fit(images, labels, { random, signal, onProgress }) {
      const examples = { name: "labelled", images, labels, classNames, checksum: "" };
      const { steps } = await classifier.fit(examples, { ...fit, random, signal, onProgress });
      signal?.throwIfAborted();
      return { steps };
    },
    logits: (images, options) => classifier.logits(images, options),
    probabilities: (images, options) => classifier.probabilities(images, options),
    embeddings: (images, options) => classifier.embeddings(images, options),
    async dropoutPasses(images, { passes, random, signal }) {
      const opinions = [];
      for (let pass = 0; pass < passes; pass++) {
        opinions.push(softmaxRows(await classifier.logits(images, { dropout: random.child(pass), signal })));
      }
      return opinions;
    },
    describe: () => ({ ...(isTrainable(classifier) && { network: digestOf(classifier) }), fit: describeFit(fit) }),
    ...(isTrainable(classifier) && weightsOf(classifier)),
    dispose: () => classifier.dispose(),
  };
}

/** What can only be done to weights that are there to be seen. */
function weightsOf(
  trainable: Trainable,
): Required<Pick<Estimator<ImageSource>, "save" | "restore" | "shrinkAndPerturb">> {
  const { network } = trainable;
  return {
    async save() {
      const metadata = { normalization: JSON.stringify(trainable.normalization ?? null) };
      return sealSafetensors({ tensors: await readWeights(network), metadata });
    },
    restore(saved) {
      return Promise.try(() => {
        const { tensors, metadata } = openSealedSafetensors(saved, "the journal's weights");
        writeWeights(network, tensors);
        trainable.normalization = JSON.parse(metadata.normalization) ?? undefined;
      });
    },
    shrinkAndPerturb: (options) => shrinkAndPerturb(network, options),
  };
}

/**
 * Ash and Adams (2020), On warm-starting neural network training, NeurIPS, section 4: θ ← λ·θ + ε, ε ~ N(0, σ²), for
 * every trainable weight. Batch-norm statistics stay.
 */
export function shrinkAndPerturb(
  network: tf.LayersModel,
  { shrink, noise, random }: ShrinkAndPerturbOptions,
): Promise<void> {
  for (const weight of network.trainableWeights) {
    const own = random.child(weight.originalName);
    tf.tidy(() => {
      const value = weight.read();
      const values = Float32Array.from({ length: value.size }, () => noise * own.normal());
      weight.write(value.mul(shrink).add(tf.tensor(values, value.shape)));
    });
  }
  return Promise.resolve();
}

function isTrainable(classifier: Classifier): classifier is Classifier & Trainable {
  return "network" in classifier && "featureLayer" in classifier;
}

function digestOf({ network, normalization }: Trainable): unknown {
  const topology = createHash("sha256").update(JSON.stringify(network.toJSON(null, false))).digest("hex");
  return { topology, normalization };
}

/** A schedule is a function, which cannot be written down: its values at 33 places stand for it. */
function describeFit({ learningRate, validation, ...fit }: NetworkFit): unknown {
  const total = fit.steps ?? 1056;
  const rates = typeof learningRate === "function"
    ? Array.from({ length: 33 }, (_, place) => learningRate(Math.floor(place * total / 33), total))
    : learningRate;
  return { ...fit, learningRate: rates, validation: validation?.checksum };
}
