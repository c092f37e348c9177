import { contentHashes } from "../data/content_hashes.ts";
import { likeliestClasses } from "../query/votes.ts";
import type { PoolView } from "../query/pool_view.ts";
import { restrict } from "../query/restrict.ts";
import { audit } from "../runtime/audit_trail.ts";
import { cellInterruption } from "../runtime/interruption.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { Estimator, EstimatorRecipe } from "./estimator.ts";
import { type Examples, instancesOf } from "./examples.ts";
import { heldOutScores } from "./held_out_scores.ts";
import { instanceCount, type Instances, instancesAt, isMatrix } from "./instances.ts";
import type { InitialChoice, LoopOptions, TrainingChoice } from "./loop_options.ts";
import type { Answer } from "./oracle.ts";
import { openJournal } from "./journal.ts";
import { Pool } from "./pool.ts";
import { predictionStability } from "./prediction_stability.ts";
import { doubtfulQuestions, settledRelabelling, standingOf } from "./relabelling.ts";
import type { HeldOutScores, Question, Round, RoundTraining, Stability } from "./round.ts";
import { roundView } from "./round_view.ts";
import { runConfiguration } from "./run_configuration.ts";
import { type Carry, memoryStore, type RoundRecord, type RunStore } from "./run_store.ts";
import type { RoundProgress } from "./stopping_rules.ts";

/**
 * Pool-based active learning (Settles, 2009, section 2.3): label an initial set; then in each round train a model,
 * measure it, ask the strategy what to label next, and buy those labels, until a rule says stop. Each round is yielded
 * when its labels are there.
 *
 * Every round trains from new weights unless `training` says otherwise, with as many gradient steps as the estimator's
 * recipe says. Selection and stopping see labels that were bought and the validation set; the test set is read after
 * both are settled. Items on which the oracle abstains are put aside. With `relabel`, part of each batch asks again about
 * labels that look wrong.
 *
 * Everything drawn in round n is drawn from `random.child("round n")`, so a run that goes on from its journal gives the
 * same numbers as one that was never stopped.
 *
 * @throws {RangeError} if an option is out of its range
 * @throws {TypeError} if something is wanted that the strategy, a rule or the oracle cannot be given
 * @throws the signal's reason when aborted; the rounds yielded before are complete
 */
export async function* activeLearning(options: LoopOptions): AsyncGenerator<Round, void, void> {
  checkOptions(options);
  const run = await startRun(options);
  const { pool, store } = run;
  try {
    const initial = await firstStep(run);
    const begun = byNovelty(run, initial);
    const first = takeAnswers(run, begun.asked);
    pool.initialise(first.indices, first.labels);
    hearAgain(run, begun.askedAgain);
    const note = audit?.run({
      strategy: options.strategy.name,
      random: options.random.state.key,
      pool: isMatrix(run.instances) ? audit.rowHashes(run.instances) : await contentHashes(run.instances),
      initial: initial.map(({ index }) => index),
    });
    for (let number = 0;; number++) {
      run.signal.throwIfAborted();
      const step = await settledStep(run, number);
      const { asked, askedAgain } = byNovelty(run, step.questions);
      const round: Round = {
        ...step.record,
        ...(number === 0 && { initial }),
        asked,
        ...(askedAgain.length > 0 && { askedAgain }),
        seconds: { ...step.record.seconds, label: step.labelSeconds },
      };
      if (asked.length > 0) {
        pool.query(asked.map(({ index }) => index));
        const { indices, labels } = takeAnswers(run, asked);
        pool.label(indices, labels);
      }
      hearAgain(run, askedAgain);
      const { test: _, ...progress } = round;
      run.history.push(progress);
      note?.({ ...round, asked: asked.map(({ index }) => index) });
      yield round;
      if (round.stopped) return;
    }
  } finally {
    await run.model?.dispose?.();
    store.close();
  }
}

/** A run under way. */
interface Run {
  readonly options: LoopOptions;
  readonly recipe: EstimatorRecipe;
  readonly instances: Instances;
  readonly pool: Pool;
  readonly store: RunStore;
  readonly signal: AbortSignal;
  /** The rounds before, without what was measured on the test set. */
  readonly history: RoundProgress[];
  /** Of each item that was asked, what was answered, in that order. */
  readonly answers: Map<number, Answer[]>;
  /** Of the last round that was trained in this process. */
  model?: Estimator;
}

async function startRun(options: LoopOptions): Promise<Run> {
  const { journal } = options;
  const instances = instancesOf(options.pool);
  return {
    options,
    recipe: options.estimator as EstimatorRecipe,
    instances,
    pool: new Pool({ size: instanceCount(instances), classCount: options.pool.classNames.length }),
    store: journal === undefined
      ? memoryStore()
      : await openJournal({ folder: journal, configuration: await runConfiguration(options) }),
    signal: options.signal ?? cellInterruption(),
    history: [],
    answers: new Map(),
  };
}

/** The initial set with its labels. */
async function firstStep(run: Run): Promise<readonly Question[]> {
  const { store, options: { initial = { size: 100 } } } = run;
  if (!store.step(-1)) {
    if ("rounds" in initial) {
      const bought = initial.rounds.flatMap(({ initial = [], asked, askedAgain = [] }) => [
        ...initial,
        ...asked,
        ...askedAgain,
      ]);
      store.saveStep(-1, { questions: bought.map(({ label: _, ...question }) => question) });
      store.saveAnswers(-1, new Map(bought.map(({ label }, place) => [place, label])));
    } else {
      const { indices, scores } = await chooseInitial(run, initial);
      const questions = Array.from(indices, (index, place) => ({
        index,
        score: scores ? numberOrNull(scores[place]) : null,
        prediction: null,
        confidence: null,
      }));
      store.saveStep(-1, { questions });
    }
  }
  return await answered(run, -1);
}

interface Chosen {
  readonly indices: ArrayLike<number>;
  readonly scores?: Float64Array;
}

async function chooseInitial(run: Run, initial: Exclude<InitialChoice, { rounds: unknown }>): Promise<Chosen> {
  if ("indices" in initial) return initial;
  const { size, by = "random" } = initial;
  const { pool, options: { oracle, random } } = run;
  const own = random.child("initial");
  if (!(Number.isInteger(size) && size >= 1 && size <= pool.size)) {
    throw new RangeError(
      `Cannot start: the initial set must hold 1…${pool.size} items, as the pool does: current value is ${size}`,
    );
  }
  if (by === "random") return { indices: own.sample(pool.size, size) };
  if (by !== "stratified") return await by.select(viewOf(run, { random: own }), size, own.child("select"));
  if (oracle.stratified) return { indices: oracle.stratified(size, own) };
  throw new TypeError(
    'Cannot start: a stratified initial set needs an oracle that knows all classes beforehand. Use by: "random".',
  );
}

/** The round from the store, or newly computed; with its questions answered. */
async function settledStep(run: Run, number: number): Promise<{
  readonly record: RoundRecord;
  readonly questions: readonly Question[];
  readonly labelSeconds: number;
}> {
  const { store } = run;
  if (!store.step(number)) {
    const { record, questions, carry } = await computeRound(run, number);
    store.saveStep(number, { record, questions, carry });
  }
  const questions = await answered(run, number);
  const { record, labelSeconds } = store.step(number)!;
  return { record: record!, questions, labelSeconds };
}

interface ComputedRound {
  readonly record: RoundRecord;
  readonly questions: readonly Omit<Question, "label">[];
  readonly carry: Carry;
}

/** Trains, measures, decides whether to stop, selects; and only then looks at the test set. */
async function computeRound(run: Run, number: number): Promise<ComputedRound> {
  const { options, pool, store, history } = run;
  const { strategy, validation, test, stop = [] } = options;
  const random = options.random.child(`round ${number}`);
  const clock = phaseClock();

  const training = await clock.in("train", () => train(run, random));
  await options.onTrained?.(run.model!, number);
  const validated = validation && await clock.in("evaluate", () => scoresOn(run, validation));
  const settled = stop.some(({ needs }) => needs.includes("stability"))
    ? await clock.in("evaluate", () => compareStopSet(run, store.carry()?.predictions))
    : undefined;

  const validationLabels = validation?.labels.length ?? 0;
  const { bought, repeats, abstained } = spentBy(run);
  const so: RoundProgress = {
    round: number,
    strategy: strategy.name,
    labels: pool.labelled.length,
    ...(repeats > 0 && { repeats }),
    validationLabels,
    budget: bought + validationLabels,
    abstained,
    classCounts: countsOf(pool),
    training,
    ...(validated && { validation: validated }),
    ...(settled?.stability && { stability: settled.stability }),
    asked: [],
    warnings: [],
    seconds: clock.seconds,
  };
  const stopped = reasonToStop(run, [...history, so]);
  const { questions, warnings } = stopped
    ? { questions: [], warnings: [] }
    : await select(run, { random, number, clock });
  const tested = test && await clock.in("evaluate", () => scoresOn(run, test));
  const weights = options.training && options.training !== "scratch" ? await run.model?.save?.() : undefined;
  const { asked: _, ...record } = so;
  return {
    record: {
      ...record,
      ...(tested && { test: tested }),
      warnings,
      ...(stopped && { stopped }),
      seconds: clock.seconds,
    },
    questions,
    carry: { weights, predictions: settled?.predictions },
  };
}

/** Leaves the round's model in `run.model`. */
async function train(run: Run, random: Random): Promise<RoundTraining> {
  const { recipe, pool, instances, signal, store, options: { training = "scratch", onProgress } } = run;
  const saved = store.carry()?.weights;
  const goesOn = training !== "scratch" && (run.model !== undefined || saved !== undefined);
  if (!goesOn || !run.model) {
    await run.model?.dispose?.();
    run.model = await recipe.make(random.child("weights"));
    if (goesOn) await restore(run.model, { saved, recipe });
  }
  const model = run.model;
  if (goesOn && training !== "warm") await perturb(model, { training, recipe, random: random.child("perturb") });
  const { labelled, labels } = pool;
  const summary = await model.fit(instancesAt(instances, labelled), labels, {
    random: random.child("fit"),
    signal,
    onProgress,
  });
  signal.throwIfAborted();
  const from = typeof training === "object" ? "shrinkAndPerturb" : training;
  return { from: goesOn ? from : "scratch", steps: summary?.steps ?? null };
}

interface Restoring {
  readonly saved: Uint8Array | undefined;
  readonly recipe: EstimatorRecipe;
}

async function restore(model: Estimator, { saved, recipe }: Restoring): Promise<void> {
  if (!model.restore || !saved) throw cannotGoOn(recipe, "save and restore its weights");
  await model.restore(saved);
}

interface Perturbing {
  readonly training: Exclude<TrainingChoice, string>;
  readonly recipe: EstimatorRecipe;
  readonly random: Random;
}

async function perturb(model: Estimator, { training, recipe, random }: Perturbing): Promise<void> {
  if (!model.shrinkAndPerturb) throw cannotGoOn(recipe, "shrink and perturb its weights");
  const { shrink = 0.6, noise = 0.01 } = training;
  await model.shrinkAndPerturb({ shrink, noise, random });
}

function cannotGoOn({ name }: EstimatorRecipe, ability: string): TypeError {
  return new TypeError(
    `Cannot go on from the round before: the estimator must be able to ${ability}: "${name}" is not. ` +
      'Use training: "scratch".',
  );
}

async function scoresOn(run: Run, examples: Examples): Promise<HeldOutScores> {
  const probabilities = await run.model!.probabilities(instancesOf(examples), { signal: run.signal });
  return heldOutScores({ labels: examples.labels, probabilities, classNames: run.options.pool.classNames });
}

interface StopSet {
  readonly stability?: Stability;
  /** −1 where the item is labelled. */
  readonly predictions: readonly number[];
}

/** Predicts for the stop set, the same items in every round, less those that have been labelled since. */
async function compareStopSet(run: Run, before: readonly number[] | undefined): Promise<StopSet> {
  const { pool, instances, model, signal, options: { random, stopSetSize = 2000 } } = run;
  const all = random.child("stop set").sample(pool.size, Math.min(stopSetSize, pool.size));
  const free = new Set(pool.candidates);
  const places = [...all.keys()].filter((place) => free.has(all[place]));
  const predictions = Array<number>(all.length).fill(-1);
  if (places.length === 0) return { predictions };
  const items = places.map((place) => all[place]);
  const probabilities = await model!.probabilities(instancesAt(instances, items), { signal });
  likeliestClasses(probabilities).forEach((label, at) => predictions[places[at]] = label);
  const stability = predictionStability(probabilities, { before: before && places.map((place) => before[place]) });
  return { stability, predictions };
}

function reasonToStop(run: Run, rounds: readonly RoundProgress[]): Round["stopped"] {
  const { pool, options: { budget = Infinity, stop = [] } } = run;
  const { bought } = spentBy(run);
  if (bought >= budget) return { rule: "labelBudget", reason: `${bought} labels of ${budget} were bought` };
  for (const rule of stop) {
    const reason = rule.check(rounds);
    if (reason !== undefined) return { rule: rule.name, reason };
  }
  return pool.candidates.length === 0 ? { rule: "exhaustedPool", reason: "no unlabelled item is left" } : undefined;
}

interface Selecting {
  readonly random: Random;
  readonly number: number;
  readonly clock: PhaseClock;
}

async function select(
  run: Run,
  { random, number, clock }: Selecting,
): Promise<{ readonly questions: readonly Omit<Question, "label">[]; readonly warnings: readonly string[] }> {
  const { strategy, candidates, relabel, budget = Infinity } = run.options;
  const affordable = Math.min(batchSizeOf(run.options, number), budget - spentBy(run).bought);
  const again = relabel
    ? await clock.in("score", () =>
      doubtfulQuestions({
        ...run,
        relabel,
        estimator: run.recipe,
        count: Math.round(relabel.share * affordable),
        random: random.child("relabel"),
      }))
    : [];
  const wanted = affordable - again.length;
  if (wanted === 0) return { questions: again, warnings: [] };
  return await clock.in("select", async () => {
    const whole = viewOf(run, { random, onSeconds: (seconds) => clock.move("select", { to: "score", seconds }) });
    const view = candidates === undefined
      ? whole
      : restrict(whole, { size: candidates, random: random.child("candidates") });
    const { indices, scores, warning } = await strategy.select(view, wanted, random.child("select"));
    const beliefs = indices.length > 0 ? await view.restrictedTo(indices).probabilities() : undefined;
    const questions = Array.from(indices, (index, place) => ({
      index,
      score: numberOrNull(scores[place]),
      ...beliefAt(beliefs!, place),
    }));
    return { questions: [...questions, ...again], warnings: warning === undefined ? [] : [warning] };
  });
}

interface Viewing {
  readonly random: Random;
  readonly onSeconds?: (seconds: number) => void;
}

function viewOf({ pool, instances, model, signal, options }: Run, viewing: Viewing): PoolView {
  const { embeddings, dropoutPasses = 20 } = options;
  return roundView({ pool, instances, estimator: model, embeddings, dropoutPasses, signal, ...viewing });
}

function beliefAt(probabilities: Matrix, place: number): Pick<Question, "prediction" | "confidence"> {
  const row = rowOf(probabilities, place);
  const [prediction] = likeliestClasses({ rows: 1, columns: row.length, data: row });
  return prediction < 0 ? { prediction: null, confidence: null } : { prediction, confidence: row[prediction] };
}

/** The step's questions with their answers; what has no answer yet is asked. */
async function answered({ store, signal, answers: heard, options }: Run, round: number): Promise<Question[]> {
  const { oracle, random } = options;
  const { questions, answers } = store.step(round)!;
  const open = [...questions.keys()].filter((place) => !answers.has(place));
  if (open.length > 0) {
    const began = performance.now();
    const placeOf = new Map(open.map((place) => [questions[place].index, place]));
    const given = await oracle.ask(Int32Array.from(placeOf.keys()), {
      random: random.child("oracle").child(round),
      round,
      questions: open.map((place) => questions[place]),
      strategy: round < 0 ? initialName(options) : options.strategy.name,
      signal,
      earlier: (index) => heard.get(index)?.length ?? 0,
      onAnswer: (index, answer) => store.saveAnswers(round, new Map([[placeOf.get(index)!, answer]])),
    });
    if (given.length !== open.length) {
      throw new RangeError(
        `Cannot label: the oracle must give one answer for each of ${open.length} items: current value is ${given.length}`,
      );
    }
    store.saveAnswers(round, new Map(given.map((answer, place) => [open[place], answer])));
    store.saveLabelSeconds(round, (performance.now() - began) / 1000);
  }
  const known = store.step(round)!.answers;
  return questions.map((question, place) => ({ ...question, label: known.get(place) ?? null }));
}

/** Name of what chose the initial set; undefined where somebody named its items. */
function initialName({ initial = { size: 100 } }: LoopOptions): string | undefined {
  if (!("size" in initial)) return undefined;
  const { by = "random" } = initial;
  return typeof by === "string" ? by : by.name;
}

/** Tells questions about items that have been asked before from the others. */
function byNovelty({ answers }: Run, questions: readonly Question[]) {
  const known = new Set(answers.keys());
  const asked: Question[] = [];
  const askedAgain: Question[] = [];
  for (const question of questions) {
    (known.has(question.index) ? askedAgain : asked).push(question);
    known.add(question.index);
  }
  return { asked, askedAgain };
}

/** Takes down first answers; what has no label is put aside. */
function takeAnswers({ pool, answers }: Run, asked: readonly Question[]) {
  const indices: number[] = [];
  const labels: number[] = [];
  for (const { index, label } of asked) {
    answers.set(index, [label]);
    if (label === null) pool.ignore(index);
    else {
      indices.push(index);
      labels.push(label);
    }
  }
  return { indices, labels };
}

/** Takes down further answers, and corrects the labels that they outvote. */
function hearAgain({ pool, answers }: Run, askedAgain: readonly Question[]): void {
  for (const { index, label } of askedAgain) {
    const given = answers.get(index)!;
    given.push(label);
    pool.correct(index, standingOf(given).label!);
  }
}

/** What has been paid for so far, and how often there was no answer. */
function spentBy({ pool, answers }: Run) {
  const all = [...answers.values()].flat();
  const bought = all.filter((answer) => answer !== null).length;
  return { bought, repeats: bought - pool.labelled.length, abstained: all.length - bought };
}

function batchSizeOf({ batchSize = 100 }: LoopOptions, round: number): number {
  return typeof batchSize === "number" ? batchSize : Math.round(batchSize.first * batchSize.factor ** round);
}

function countsOf({ labels, classCount }: Pool): number[] {
  const counts = Array<number>(classCount).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

type Phase = "train" | "evaluate" | "score" | "select";

interface PhaseClock {
  readonly seconds: Round["seconds"];
  /** Does the work and books its time. */
  in<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
  /** Books under another phase what was, or will be, booked under this one. */
  move(phase: Phase, transfer: { readonly to: Phase; readonly seconds: number }): void;
}

function phaseClock(): PhaseClock {
  const booked = { train: 0, evaluate: 0, score: 0, select: 0, label: 0 };
  return {
    get seconds() {
      return { ...booked };
    },
    async in(phase, work) {
      const began = performance.now();
      try {
        return await work();
      } finally {
        booked[phase] += (performance.now() - began) / 1000;
      }
    },
    move(phase, { to, seconds }) {
      booked[phase] -= seconds;
      booked[to] += seconds;
    },
  };
}

function checkOptions(options: LoopOptions): void {
  const { batchSize = 100, budget = 1, stop = [], relabel, validation, pool, test } = options;
  if (relabel) settledRelabelling(relabel);
  const { first, factor } = typeof batchSize === "number" ? { first: batchSize, factor: 1 } : batchSize;
  if (!(Number.isInteger(first) && first >= 1 && factor >= 1 && Number.isFinite(factor))) {
    throw new RangeError(
      "Cannot start: a batch must be an integer ≥ 1, its factor at least 1: " +
        `current value is ${JSON.stringify(batchSize)}`,
    );
  }
  if (!(Number.isInteger(budget) && budget >= 1)) {
    throw new RangeError(`Cannot start: the budget must be an integer ≥ 1: current value is ${budget}`);
  }
  const blind = stop.find(({ needs }) => needs.includes("validation") && !validation);
  if (blind) {
    throw new TypeError(`Cannot start: the rule ${blind.name} goes by a validation set. Give \`validation\`.`);
  }
  for (const [name, held] of Object.entries({ validation, test })) {
    if (held && held.classNames.length !== pool.classNames.length) {
      throw new RangeError(
        `Cannot start: the ${name} set must have the pool's ${pool.classNames.length} classes: ` +
          `current value is ${held.classNames.length}`,
      );
    }
  }
}
