import type { Normalization } from "../data/channel_statistics.ts";
import type { Dataset, ImageSource } from "../data/dataset.ts";
import { resizePlan } from "../data/photos/photo_square.ts";
import type { ResizeOptions, ResizePlan } from "../data/photos/resize_options.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { tf } from "../runtime/tensorflow.ts";
import { createEngine } from "../training/create_engine.ts";
import type { Engine } from "../training/engine.ts";
import { evaluate, type EvaluateOptions } from "../training/evaluate.ts";
import type { Evaluation } from "../training/evaluation.ts";
import { fit } from "../training/fit.ts";
import type { FitOptions } from "../training/fit_options.ts";
import type { History } from "../training/history.ts";
import { type PredictOptions, runForward, type RunForwardOptions } from "../training/run_forward.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import { checkImages, type Trainable } from "../training/trainable.ts";
import type { Classifier } from "./classifier.ts";
import { cnnFeatureLayer } from "./cnn.ts";
import { readClassifier, saveClassifier } from "./saved_classifier.ts";

/** What a {@linkcode NetworkClassifier} is made of; it owns the network from then on. */
export interface NetworkClassifierOptions {
  /** Normalised images in, one logit a class out. */
  readonly network: tf.LayersModel;
  readonly classNames: readonly string[];
  /** Default `"features"`, as {@linkcode cnn} calls it. */
  readonly featureLayer?: string;
  /** Of pretrained weights; where it is left out, the first `fit` measures it. */
  readonly normalization?: Normalization;
  /** How photos become its images; where it is left out, `fit` takes it from the photos that it is given. */
  readonly preprocessing?: ResizeOptions;
}

/**
 * A network that is trained as a whole.
 *
 * @example
 * ```ts
 * import { cnn, type Dataset, memoryImages, NetworkClassifier, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 8, width: 8, channels: 1 };
 * const darkAndBright: Dataset = {
 *   name: "dark and bright",
 *   images: memoryImages(new Uint8Array(64 * 64).map((_, place) => place < 2048 ? 0 : 255), shape),
 *   labels: new Int32Array(64).map((_, index) => index < 32 ? 0 : 1),
 *   classNames: ["dark", "bright"],
 *   checksum: "00",
 * };
 * const random = new Random(1);
 * const network = cnn({ shape, classes: 2, filters: [4], denseUnits: [8], random: random.child("weights") });
 * const classifier = new NetworkClassifier({ network, classNames: darkAndBright.classNames });
 * await classifier.fit(darkAndBright, { epochs: 5, batchSize: 16, random: random.child("fit") });
 * assert.equal((await classifier.evaluate(darkAndBright)).accuracy, 1);
 * await classifier.dispose();
 * ```
 */
export class NetworkClassifier implements Classifier, Trainable {
  readonly network: tf.LayersModel;
  readonly classNames: readonly string[];
  readonly featureLayer: string;
  normalization?: Normalization;
  /** How the photos of the last `fit` became images, or as it was given; kept with the classifier when it is saved. */
  preprocessing?: ResizePlan;
  #forward: { readonly engine: Engine; readonly madeOf: readonly unknown[] } | undefined;

  constructor(
    { network, classNames, featureLayer = cnnFeatureLayer, normalization, preprocessing }: NetworkClassifierOptions,
  ) {
    this.network = network;
    this.classNames = classNames;
    this.featureLayer = featureLayer;
    this.normalization = normalization;
    this.preprocessing = preprocessing && resizePlan(preprocessing);
  }

  fit(train: Dataset, options: FitOptions): Promise<History> {
    this.preprocessing = train.images.preprocessing ?? this.preprocessing;
    return fit(this, train, options);
  }

  logits(images: ImageSource, options?: PredictOptions): Promise<Matrix> {
    return this.#run(images, { ...options, output: "logits" });
  }

  async probabilities(images: ImageSource, options?: PredictOptions): Promise<Matrix> {
    return softmaxRows(await this.logits(images, options));
  }

  embeddings(images: ImageSource, options?: PredictOptions): Promise<Matrix> {
    return this.#run(images, { ...options, output: "features" });
  }

  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation> {
    return evaluate(this, dataset, options);
  }

  save(folder: string): Promise<void> {
    return saveClassifier(this, folder);
  }

  async dispose(): Promise<void> {
    await this.#closeEngine();
    this.network.dispose();
  }

  async #run(images: ImageSource, options: RunForwardOptions): Promise<Matrix> {
    checkImages("predict", this, images);
    return await runForward(await this.#openEngine(options), images, options);
  }

  /** The engine of the last prediction, or a new one if something has changed since: compiling takes a while. */
  async #openEngine({ precision = "float32" }: PredictOptions): Promise<Engine> {
    // A variable gets another dataId with each assignment.
    const madeOf = [precision, this.normalization, ...this.network.weights.map((weight) => weight.read().dataId)];
    const isFresh = this.#forward?.madeOf.every((part, place) => part === madeOf[place]);
    if (this.#forward && isFresh) return this.#forward.engine;
    await this.#closeEngine();
    const engine = createEngine(this, { precision });
    this.#forward = { engine, madeOf };
    return engine;
  }

  async #closeEngine(): Promise<void> {
    const { engine } = this.#forward ?? {};
    this.#forward = undefined;
    await engine?.dispose();
  }
}

/**
 * Loads what {@linkcode NetworkClassifier.save} wrote; the caller disposes of it.
 *
 * @throws {Deno.errors.NotFound} if the folder holds no classifier
 * @throws {SyntaxError} naming the file, if one is damaged
 */
export async function loadClassifier(folder: string): Promise<NetworkClassifier> {
  return new NetworkClassifier(await readClassifier(folder));
}
