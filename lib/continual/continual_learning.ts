import type { AugmentBatchOptions } from "../data/augment_batch.ts";
import { lockFile } from "../data/lock_file.ts";
import { instancesOf } from "../learning/examples.ts";
import { isMatrix } from "../learning/instances.ts";
import { cellInterruption } from "../runtime/interruption.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { optimizerOf } from "../training/optimizers.ts";
import { constantRate } from "../training/schedules.ts";
import { buyLabels } from "./buy_labels.ts";
import { checkContinualOptions } from "./check_continual_options.ts";
import { type CheckpointPlace, readCheckpoint, writeCheckpoint } from "./continual_checkpoint.ts";
import { continualConfiguration } from "./continual_configuration.ts";
import {
  type Batch,
  type ContinualNetwork,
  continualNetwork,
  disposeBatch,
  type PlainSteps,
} from "./continual_network.ts";
import type { ContinualOptions, ContinualTraining, LabelBudget } from "./continual_options.ts";
import type { ContinualStep, Lesson, Place, StrategyRun } from "./continual_strategy.ts";
import type { Teaching } from "./distillation.ts";
import type { Exemplar } from "./exemplar.ts";
import type { ExperienceRecord } from "./experience_record.ts";
import { measureExperiences } from "./measure_experiences.ts";
import { wholeExperiences } from "./whole_experiences.ts";

/**
 * Learns a stream, one experience after the other, and measures after each on the test sets of all. Each experience's
 * record is yielded when it has been learnt, measured and, with a `checkpoint`, written to disk.
 *
 * Everything drawn in experience n is drawn from `random.child("experience").child(n)`, so a run that goes on from its
 * checkpoint gives the same numbers as one that was never stopped. The records of what was learnt before are yielded
 * again, first. A second process waits until the first has ended.
 *
 * @throws {RangeError} if an option is out of its range, the network does not fit the stream, or the checkpoint is of
 *   another run
 * @throws {SyntaxError} if the checkpoint is damaged
 * @throws the signal's reason when aborted; the experiences yielded before are complete
 *
 * @example
 * ```ts
 * import { averageAccuracy, continualLearning, matrix, matrixOf, mlp, naive, Random, splitStream } from "curio";
 * import assert from "node:assert/strict";
 *
 * const corners = {
 *   name: "corners",
 *   features: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]),
 *   labels: Int32Array.of(0, 1, 2, 3),
 *   classNames: ["a", "b", "c", "d"],
 *   checksum: "00",
 * };
 * const stream = splitStream({ train: corners, test: corners }, { scenario: "task", experiences: 2 });
 * const records = await Array.fromAsync(continualLearning({
 *   stream,
 *   strategy: naive(),
 *   build: (random) => mlp({ input: 2, classes: 4, hidden: [16], random }),
 *   random: new Random(1),
 *   training: { steps: 200, batchSize: 2, learningRate: 0.01 },
 * }));
 * assert.equal(records[0].accuracies[0], 1);
 * assert.ok(averageAccuracy(matrixOf(records)) >= 0.5);
 * ```
 */
export async function* continualLearning(options: ContinualOptions): AsyncGenerator<ExperienceRecord, void, void> {
  checkContinualOptions(options);
  const { stream, strategy, random, build, training = {}, normalization, featureLayer, checkpoint } = options;
  const signal = options.signal ?? cellInterruption();
  const lock = checkpoint === undefined ? undefined : await lockFile(`${checkpoint}.lock`, { signal });
  const network = continualNetwork({
    stream,
    build,
    random: random.child("weights"),
    optimizer: optimizerOf(training.optimizer),
    normalization,
    featureLayer,
  });
  const run: Run = { options, network, strategy: strategy.start(network), signal };
  try {
    const place = checkpoint === undefined
      ? undefined
      : { path: checkpoint, configuration: continualConfiguration(options) };
    const records = await kept(run, place);
    yield* records;
    for (let number = records.length; number < stream.experiences.length; number++) {
      const record = await learnExperience(run, number);
      records.push(record);
      if (place) {
        const state = await run.strategy.save?.() ?? {};
        await writeCheckpoint({ records, network: await network.readState(), strategy: state }, place);
      }
      yield record;
    }
  } finally {
    run.strategy.dispose?.();
    network.dispose();
    if (lock) {
      await Deno.remove(`${checkpoint}.lock`);
      lock.close();
    }
  }
}

interface Run {
  readonly options: ContinualOptions;
  readonly network: ContinualNetwork;
  readonly strategy: StrategyRun;
  readonly signal: AbortSignal;
}

/** What was learnt before this process; the network and the strategy are then as they were. */
async function kept({ network, strategy }: Run, place: CheckpointPlace | undefined): Promise<ExperienceRecord[]> {
  const checkpoint = place && await readCheckpoint(place);
  if (!checkpoint) return [];
  network.writeState(checkpoint.network);
  await strategy.restore?.(checkpoint.strategy);
  return [...checkpoint.records];
}

async function learnExperience(run: Run, number: number): Promise<ExperienceRecord> {
  const { options, network, strategy } = run;
  const { stream, budget, training = {} } = options;
  const random = options.random.child("experience").child(number);
  const whole = wholeExperiences(stream, [number]);
  const measure = (seen: number) => measureExperiences(network, { strategy, seen, signal: run.signal });
  const untrained = number === 0 ? (await measure(-1)).accuracies : undefined;
  if (training.resetOptimizer) network.resetOptimizer();
  const place = (own: readonly Exemplar[]): Place => ({ number, own, random: random.child("strategy") });

  let began = performance.now();
  const bought: number[] = [];
  const trainings: Trained[] = [];
  for (const [round, labels] of portions(budget, whole.length).entries()) {
    const own = random.child("round").child(round);
    if (budget) {
      const purchase = { number, bought, labels, strategy: budget.strategy, random: own.child("select") };
      bought.push(...await buyLabels(network, purchase));
    }
    const examples = budget ? bought.map((index) => whole[index]) : whole;
    const lesson = await strategy.lesson?.(place(examples)) ?? { examples };
    trainings.push(await train(run, { lesson, number, share: budget ? 1 / (budget.rounds ?? 5) : 1, random: own }));
  }
  const penalty = strategy.penalty?.value() ?? 0;
  const own = budget ? bought.map((index) => whole[index]) : whole;
  await strategy.afterExperience?.(place(own));
  const trainSeconds = (performance.now() - began) / 1000;
  began = performance.now();
  const { accuracies, confusion } = await measure(trainings.at(-1)!.seen);
  const evaluateSeconds = (performance.now() - began) / 1000;
  return {
    number,
    name: stream.experiences[number].name,
    accuracies,
    ...(untrained && { untrained }),
    confusion,
    examples: own.length,
    ...(budget && { bought }),
    steps: trainings.reduce((sum, { steps }) => sum + steps, 0),
    loss: trainings.at(-1)!.loss,
    penalty,
    memory: await memoryOf(run),
    seconds: { train: trainSeconds, evaluate: evaluateSeconds },
  };
}

interface Training {
  readonly lesson: Lesson;
  readonly number: number;
  /** Of the steps of an experience. */
  readonly share: number;
  readonly random: Random;
}

interface Trained {
  readonly steps: number;
  readonly loss: number | null;
  readonly seen: number;
}

async function train(run: Run, { lesson, number, share, random }: Training): Promise<Trained> {
  const { network, options: { stream, training = {}, onProgress = () => {} }, signal } = run;
  const { examples, seen = number, effort = 1, fromScratch = false } = lesson;
  const { batchSize = 128, learningRate = 0.001 } = training;
  if (fromScratch) network.reset(random.child("weights"));
  const total = examples.length === 0 ? 0 : stepsFor(training, { examples: examples.length, share: share * effort });
  const rate = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
  const perEpoch = Math.ceil(examples.length / batchSize);
  const task = `experience ${number + 1} of ${stream.experiences.length}`;
  const losses: number[] = [];
  let order: Int32Array = new Int32Array(0);
  const began = performance.now();
  onProgress({ kind: "begin", task, total, unit: "steps" });
  const { loss: ownLoss, adjust, afterStep, penalty, path } = run.strategy;
  const teaching = run.strategy.teaching?.();
  const plain = ownLoss || adjust || afterStep ? undefined : await network.plainSteps({ penalty, path, teaching });
  let outcome: "done" | "stopped" = "stopped";
  try {
    for (let step = 0; step < total; step++) {
      signal.throwIfAborted();
      const epoch = Math.floor(step / perEpoch);
      const start = step % perEpoch * batchSize;
      if (start === 0) order = random.child("order").child(epoch).permutation(examples.length);
      const current = Array.from(order.subarray(start, start + batchSize), (place) => examples[place]);
      const own = random.child("step").child(step);
      const taking = { current, seen, learningRate: rate(step, total), teaching, random: own };
      const loss = await (plain ? takePlainStep(run, taking, plain) : takeStep(run, taking));
      if (step >= Math.floor(0.9 * total)) losses.push(loss);
      if (step % 50 === 49) onProgress({ kind: "advance", task, done: step + 1, total, metrics: { loss } });
    }
    outcome = "done";
  } finally {
    await plain?.end();
    onProgress({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  }
  const loss = losses.length === 0 ? null : losses.reduce((sum, value) => sum + value, 0) / losses.length;
  return { steps: total, loss, seen };
}

interface TakingStep {
  readonly current: readonly Exemplar[];
  readonly seen: number;
  readonly learningRate: number;
  readonly teaching: Teaching | undefined;
  readonly random: Random;
}

/** @returns the loss before the update */
async function takePlainStep(run: Run, taking: TakingStep, plain: PlainSteps): Promise<number> {
  const { network, strategy } = run;
  const { current, seen, learningRate, random } = taking;
  const lists = strategy.rehearsal?.({ size: current.length, random: random.child("rehearsal") }) ?? [];
  const batch = await network.host([...current, ...lists.flat()], seen, augmentationOf(run, random));
  return await plain.step(batch, { learningRate, noiseKey: random.child("noise").uint32() });
}

/** @returns the loss before the update */
async function takeStep(run: Run, taking: TakingStep): Promise<number> {
  const { network, strategy } = run;
  const { current, seen, learningRate, teaching, random } = taking;
  const lists = strategy.rehearsal?.({ size: current.length, random: random.child("rehearsal") }) ?? [];
  const batches: Batch[] = [];
  try {
    for (const [place, list] of [current, ...lists.filter(({ length }) => length > 0)].entries()) {
      batches.push(await network.read(list, seen, augmentationOf(run, random.child(place))));
    }
    const [own, ...rehearsed] = batches;
    const noiseKey = random.child("noise").uint32();
    const step: ContinualStep = { current: own, rehearsed, noiseKey, random };
    const loss = tf.tidy(() => {
      const found = network.gradients(() =>
        strategy.loss?.(step) ?? network.crossEntropy([own, ...rehearsed], { noiseKey, teaching })
      );
      const adjusted = strategy.adjust?.(found.gradients, step) ?? found.gradients;
      const update = () => network.apply(strategy.penalty?.addTo(adjusted) ?? adjusted, learningRate);
      if (strategy.path) strategy.path.follow(adjusted, update);
      else update();
      return found.loss;
    });
    await strategy.afterStep?.(step);
    const [value] = await loss.data();
    loss.dispose();
    return value;
  } finally {
    batches.forEach(disposeBatch);
  }
}

function augmentationOf({ options }: Run, random: Random): AugmentBatchOptions | undefined {
  const augmentation = options.training?.augmentation;
  return augmentation && { ...augmentation, random: random.child("augmentation") };
}

/** How many labels are bought in each round; one round of all, where nothing has to be bought. */
function portions(budget: LabelBudget | undefined, available: number): number[] {
  if (!budget) return [available];
  const { labels, rounds = 5 } = budget;
  return Array.from(
    { length: rounds },
    (_, round) => Math.floor(labels * (round + 1) / rounds) - Math.floor(labels * round / rounds),
  );
}

function stepsFor(
  { epochs, steps = 2000, batchSize = 128 }: ContinualTraining,
  { examples, share }: { readonly examples: number; readonly share: number },
): number {
  if (epochs !== undefined) {
    return Math.max(1, Math.round(epochs * Math.min(1, share) * Math.ceil(examples / batchSize)));
  }
  return Math.max(1, Math.round(steps * share));
}

async function memoryOf({ strategy, network: { stream } }: Run): Promise<ExperienceRecord["memory"]> {
  const exemplars = strategy.memory?.() ?? [];
  const instances = instancesOf(stream.experiences[0].train);
  const each = isMatrix(instances)
    ? 4 * instances.columns
    : instances.shape.height * instances.shape.width * instances.shape.channels;
  const { tensors = new Map() } = await strategy.save?.() ?? {};
  const kept = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return { exemplars: exemplars.length, bytes: each * exemplars.length + kept };
}
