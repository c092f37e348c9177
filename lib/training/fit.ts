import { setImmediate } from "node:timers/promises";
import { channelStatistics } from "../data/channel_statistics.ts";
import { contentHashes } from "../data/content_hashes.ts";
import type { Dataset } from "../data/dataset.ts";
import { audit } from "../runtime/audit_trail.ts";
import { cellInterruption } from "../runtime/interruption.ts";
import { type Checkpoint, checkpointOf } from "./checkpoint.ts";
import { createEngine } from "./create_engine.ts";
import { DivergenceError } from "./divergence_error.ts";
import type { Engine } from "./engine.ts";
import type { FitOptions } from "./fit_options.ts";
import { type FitPlan, fitPlan } from "./fit_plan.ts";
import { type FitReporter, fitReporter } from "./fit_reporter.ts";
import { handled } from "./handled.ts";
import type { EpochRecord, History } from "./history.ts";
import { minibatches } from "./minibatches.ts";
import { runConfiguration } from "./run_configuration.ts";
import { type BestEpoch, noImages, type RunState } from "./run_state.ts";
import type { Trainable } from "./trainable.ts";
import { validate, type ValidationMetrics } from "./validate.ts";

/** A normalization is measured on at most so many images: a folder of photos takes long to read. */
const normalizationSample = 10_000;

/**
 * Trains a network on labelled images by minibatch gradient descent on the softmax cross-entropy
 * Σᵢ wᵢ·(−Σⱼ tᵢⱼ·log softmax(zᵢ)ⱼ) / batch size, and leaves the weights in it. The network's normalization is taken from
 * the training images, unless it has one already.
 *
 * The same seed, options and machine give the same weights, bit for bit, also when the run is killed and resumed from
 * its checkpoint.
 *
 * @throws {RangeError} if the dataset is empty or does not fit the network, or an option is out of its range
 * @throws {DivergenceError} if the loss is no longer a finite number
 * @throws {CheckpointError} if the checkpoint is damaged or belongs to another run
 *
 * @example
 * ```ts
 * import { cnn, type Dataset, fit, memoryImages, Random } from "curio";
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
 * const trainable = { network, featureLayer: "features", classNames: darkAndBright.classNames };
 * const history = await fit(trainable, darkAndBright, { epochs: 5, batchSize: 16, random: random.child("fit") });
 * assert.equal(history.epochs.at(-1)?.accuracy, 1);
 * network.dispose();
 * ```
 */
export async function fit(trainable: Trainable, train: Dataset, options: FitOptions): Promise<History> {
  const plan = fitPlan(trainable, train, options);
  if (audit) {
    const { validation } = plan;
    audit.learnt(trainable.network, await contentHashes(train.images), {
      stoppedBy: validation && await contentHashes(validation.images),
      random: plan.random.state.key,
    });
  }
  trainable.normalization ??= await channelStatistics(train, {
    sample: Math.min(train.images.count, normalizationSample),
    random: train.images.count > normalizationSample ? plan.random.child("normalization") : undefined,
  });
  const checkpoint = options.checkpoint &&
    checkpointOf(options.checkpoint, runConfiguration(trainable, { train, plan }));
  const { optimizer, clipNorm, learningRateScales, precision } = plan;
  const onNote = (text: string) => options.onProgress?.({ kind: "note", task: "fit", text });
  const engine = createEngine(trainable, { optimizer, clipNorm, learningRateScales, precision, onNote });
  let state: RunState = { step: 0, epochs: [], current: noImages, seconds: 0 };
  const reporter = fitReporter(train.images.count, { plan, onProgress: options.onProgress });
  let outcome: "done" | "stopped" | "failed" = "failed";
  reporter.begin();
  try {
    state = await checkpoint?.load(engine) ?? state;
    const stopped = await run(engine, { train, plan, state, reporter, options, checkpoint });
    if (stopped === "aborted") await checkpoint?.save(engine, state);
    if (state.best) await engine.writeState({ ...await engine.readState(), weights: state.best.weights });
    outcome = stopped === "aborted" ? "stopped" : "done";
    return {
      epochs: state.epochs,
      bestEpoch: state.best?.epoch ?? state.epochs.length,
      stopped,
      steps: state.step,
      seconds: state.seconds,
    };
  } finally {
    await engine.dispose();
    reporter.finish(outcome, state);
  }
}

interface RunContext {
  readonly train: Dataset;
  readonly plan: FitPlan;
  /** Where the run begins; moved on with every step. */
  readonly state: RunState;
  readonly reporter: FitReporter;
  readonly options: FitOptions;
  readonly checkpoint: Checkpoint | undefined;
}

/** Steps and closes epochs until the run has ended, or is to stop. */
async function run(engine: Engine, context: RunContext): Promise<History["stopped"]> {
  const { train, plan, state, reporter, options, checkpoint } = context;
  const { signal = cellInterruption(), onEpoch } = options;
  const { stepsPerEpoch, totalSteps } = plan;
  const batchAt = minibatches(train, plan);
  const lap = stopwatch();
  let ahead = handled(batchAt(Math.min(state.step, totalSteps - 1)));
  while (!state.ended) {
    if (signal.aborted) return "aborted";
    const epochIsOver = state.current.images > 0 && (state.step % stepsPerEpoch === 0 || state.step === totalSteps);
    if (epochIsOver) {
      const metrics = plan.validation && await unlessAborted(signal, validate(engine, plan.validation, { signal }));
      if (signal.aborted) return "aborted";
      if (metrics) checkFinite(metrics.validationLoss, state);
      const record = closeEpoch(state, { seconds: lap(), metrics });
      await judge(engine, { record, plan, state });
      reporter.epoch(state);
      onEpoch?.(record);
    } else {
      const batch = await ahead;
      const stepping = engine.step(batch);
      // While TensorFlow computes, the next batch is read, augmented and put together.
      if (state.step + 1 < totalSteps) ahead = handled(batchAt(state.step + 1));
      const { loss, correct } = await stepping;
      const { learningRate, weights: { length: images } } = batch;
      const seconds = lap();
      state.step++;
      state.seconds += seconds;
      state.current = {
        images: state.current.images + images,
        loss: state.current.loss + loss * images,
        correct: state.current.correct + correct,
        seconds: state.current.seconds + seconds,
        learningRate,
      };
      checkFinite(loss, state);
      reporter.step(state);
    }
    if (checkpoint?.isDue(state)) await checkpoint.save(engine, state);
    await setImmediate(); // lets timers, displays and interrupts have their turn
  }
  return state.ended;
}

function checkFinite(loss: number, { step, epochs, current: { learningRate } }: RunState): void {
  if (!Number.isFinite(loss)) throw new DivergenceError({ step, epoch: epochs.length + 1, learningRate, loss });
}

/** Turns the sums of an epoch into its record, and begins the next. */
function closeEpoch(
  state: RunState,
  { seconds, metrics }: { seconds: number; metrics: ValidationMetrics | undefined },
): EpochRecord {
  const { current } = state;
  const record: EpochRecord = {
    epoch: state.epochs.length + 1,
    learningRate: current.learningRate,
    loss: current.loss / current.images,
    accuracy: current.correct / current.images,
    ...metrics,
    seconds: current.seconds + seconds,
  };
  state.seconds += seconds;
  state.epochs.push(record);
  state.current = noImages;
  return record;
}

/** Keeps the weights of the best epoch, and decides whether the run has ended. */
async function judge(
  engine: Engine,
  { record, plan: { earlyStopping, totalSteps }, state }: { record: EpochRecord; plan: FitPlan; state: RunState },
): Promise<void> {
  if (state.step === totalSteps) state.ended = "completed";
  if (!earlyStopping) return;
  const { metric, patience, minDelta } = earlyStopping;
  const value = record[metric] ?? NaN;
  const gain = (best: BestEpoch) => metric === "validationLoss" ? best.value - value : value - best.value;
  if (!state.best || gain(state.best) > minDelta) {
    state.best = { epoch: record.epoch, value, weights: (await engine.readState()).weights };
  } else if (record.epoch - state.best.epoch >= patience) {
    state.ended ??= "early";
  }
}

/** The promise's value, or nothing if it failed because the signal told it to. */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Each call returns the seconds since the one before. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const since = last;
    last = performance.now();
    return (last - since) / 1000;
  };
}
