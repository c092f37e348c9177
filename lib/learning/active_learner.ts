import { type PoolSource, type PoolView, poolView } from "../query/pool_view.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import { likeliestClasses } from "../query/votes.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { bootstrapSample } from "./committee_recipe.ts";
import type { Estimator, EstimatorFitOptions } from "./estimator.ts";
import { instanceCount, type Instances, instancesAt, joinInstances } from "./instances.ts";
import { type QueryFunction, type QueryFunctionOptions, uncertaintyQuery } from "./query_function.ts";

/**
 * What a learner can be made of: an {@linkcode Estimator}, or whatever has modAL's `fit` and `predictProba`, such as a
 * committee.
 */
export type LearnerEstimator<X extends Instances> = Pick<Estimator<X>, "embeddings" | "members"> & {
  fit(X: X, y: Int32Array, options: EstimatorFitOptions & Pick<TeachOptions, "bootstrap">): unknown;
} & (Pick<Estimator<X>, "probabilities"> | { predictProba(X: X): Promise<Matrix> });

/** What an {@linkcode ActiveLearner} is made of. */
export interface ActiveLearnerOptions<X extends Instances = Instances> {
  readonly estimator: LearnerEstimator<X>;
  /** A function of the learner and a pool, or a strategy of the house; default {@linkcode uncertaintyQuery}. */
  readonly queryStrategy?: QueryFunction<ActiveLearner<NoInfer<X>>> | QueryStrategy;
  /** What is labelled from the start; the estimator is fitted to it when the learner is first used. */
  readonly XTraining?: X;
  readonly yTraining?: ArrayLike<number>;
  /** Whether that first fit is on a bootstrap sample. Default false. */
  readonly bootstrapInit?: boolean;
  /** Of bootstrap samples, of the estimator's own draws and of lots; default seed 0. */
  readonly random?: Random;
}

/** How {@linkcode ActiveLearner.teach} learns. */
export interface TeachOptions {
  /** On a bootstrap sample. Default false. */
  readonly bootstrap?: boolean;
  /** From the new examples alone, for estimators that go on from what they know. Default false. */
  readonly onlyNew?: boolean;
}

/**
 * A model, what it has learnt from, and how it asks: modAL's `ActiveLearner` (Danka and Horvath, 2018), its methods by
 * the same names. Pools and training sets are rows of features or images; what a model computes is awaited.
 *
 * @example
 * ```ts
 * import { ActiveLearner, gatherRows, marginQuery, matrix, probeRecipe, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const XPool = matrix([[0], [0.1], [1.6], [3]]);
 * const learner = new ActiveLearner({
 *   estimator: await probeRecipe({ classNames: ["low", "high"] }).make(new Random(1)),
 *   queryStrategy: marginQuery,
 *   XTraining: gatherRows(XPool, [0, 3]),
 *   yTraining: [0, 1],
 * });
 * const [queryIdx, queryInst] = await learner.query(XPool);
 * assert.deepEqual([...queryIdx], [2]);
 * await learner.teach(queryInst, [1]);
 * assert.equal(await learner.score(XPool, [0, 0, 1, 1]), 1);
 * ```
 */
export class ActiveLearner<X extends Instances = Instances> {
  readonly estimator: LearnerEstimator<X>;
  readonly queryStrategy: QueryFunction<ActiveLearner<X>> | QueryStrategy;
  /** Everything taught so far, in order. */
  XTraining?: X;
  yTraining?: Int32Array;
  readonly #random: Random;
  /** Fits and queries so far: each draws from a child of its own. */
  #turn = 0;
  /** The first fit, which a constructor cannot await. */
  #pending?: { readonly bootstrap: boolean };

  constructor(options: ActiveLearnerOptions<X>) {
    const { estimator, queryStrategy = uncertaintyQuery, XTraining, yTraining, bootstrapInit = false } = options;
    this.estimator = estimator;
    this.queryStrategy = queryStrategy;
    this.#random = options.random ?? new Random(0);
    if (!XTraining) return;
    checkPairs(XTraining, yTraining ?? []);
    this.XTraining = XTraining;
    this.yTraining = Int32Array.from(yTraining ?? []);
    this.#pending = { bootstrap: bootstrapInit };
  }

  /** Fits to these alone, and forgets what was taught before. */
  async fit(X: X, y: ArrayLike<number>, { bootstrap = false }: Pick<TeachOptions, "bootstrap"> = {}): Promise<this> {
    checkPairs(X, y);
    this.#pending = undefined;
    this.XTraining = X;
    this.yTraining = Int32Array.from(y);
    await this.#fit(X, { labels: this.yTraining, bootstrap });
    return this;
  }

  /** Adds these to what is known, and fits again. */
  async teach(
    X: X,
    y: ArrayLike<number>,
    { bootstrap = false, onlyNew = false }: TeachOptions = {},
  ): Promise<void> {
    checkPairs(X, y);
    if (onlyNew) await this.#ready();
    this.#pending = undefined;
    const labels = Int32Array.from(y);
    this.XTraining = this.XTraining ? joinInstances(this.XTraining, X) : X;
    this.yTraining = Int32Array.of(...this.yTraining ?? [], ...labels);
    const all = { X: this.XTraining, labels: this.yTraining };
    const learnt = onlyNew ? { X, labels } : all;
    await this.#fit(learnt.X, { labels: learnt.labels, bootstrap });
  }

  /**
   * The most informative instances of a pool: their indices in it, themselves, and what the strategy measured.
   *
   * @throws {RangeError} if there are fewer than `nInstances`
   */
  async query(
    XPool: X,
    options: QueryFunctionOptions = {},
  ): Promise<[indices: Int32Array, instances: X, metrics: unknown]> {
    await this.#ready();
    const [indices, metrics] = await queryWith(this.queryStrategy, this, {
      pool: XPool,
      view: () => this.#view(XPool),
      random: this.#random.child(`query ${this.#turn++}`),
      options,
    });
    return [indices, instancesAt(XPool, indices), metrics];
  }

  /** `[instances, classes]` */
  async predictProba(X: X): Promise<Matrix> {
    await this.#ready();
    const { estimator } = this;
    return await ("probabilities" in estimator ? estimator.probabilities(X) : estimator.predictProba(X));
  }

  /** The likeliest class of each instance. */
  async predict(X: X): Promise<Int32Array> {
    return likeliestClasses(await this.predictProba(X));
  }

  /** Share of instances that are classified as `y` says. */
  async score(X: X, y: ArrayLike<number>): Promise<number> {
    return accuracyOf(await this.predict(X), y);
  }

  /** Fits again to a bootstrap sample of what was taught: what a committee's `rebag` does to each learner. */
  async rebag(): Promise<void> {
    if (!this.XTraining || !this.yTraining) throw untaught();
    this.#pending = undefined;
    await this.#fit(this.XTraining, { labels: this.yTraining, bootstrap: true });
  }

  async #fit(X: X, { labels, bootstrap }: { readonly labels: Int32Array; readonly bootstrap: boolean }): Promise<void> {
    const random = this.#random.child(`fit ${this.#turn++}`);
    const learnt = bootstrap
      ? bootstrapSample<X>(X, { labels, random: random.child("bootstrap") })
      : { drawn: X, answers: labels };
    await this.estimator.fit(learnt.drawn, learnt.answers, { random });
  }

  async #ready(): Promise<void> {
    const { XTraining, yTraining } = this;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending && XTraining && yTraining) await this.#fit(XTraining, { labels: yTraining, ...pending });
  }

  async #view(XPool: X): Promise<PoolView> {
    const { estimator, XTraining, yTraining } = this;
    const probabilities = await this.predictProba(XPool);
    const count = instanceCount(XPool);
    const embeddingsOf = (instances: X, firstId: number): PoolSource<Matrix> | undefined => {
      if ("rows" in instances) return instances;
      return estimator.embeddings &&
        ((ids) => estimator.embeddings!(instancesAt(instances, ids.map((id) => id - firstId))));
    };
    return poolView({
      classCount: probabilities.columns,
      probabilities,
      embeddings: embeddingsOf(XPool, 0),
      committee: estimator.members && ((ids) => estimator.members!(instancesAt(XPool, ids))),
      // What was taught is no part of this pool: its ids are those that come after.
      ...(XTraining && {
        labelled: yTraining!.map((_, place) => count + place),
        labels: yTraining,
        labelledEmbeddings: embeddingsOf(XTraining, count),
        labelledProbabilities: () => this.predictProba(XTraining),
      }),
    });
  }
}

/** What {@linkcode queryWith} needs. */
export interface QueryWithOptions {
  readonly pool: Instances;
  readonly view: () => Promise<PoolView>;
  readonly random: Random;
  readonly options: QueryFunctionOptions;
}

/** Asks by a function as modAL's, or by a strategy of the house. */
export async function queryWith<M>(
  strategy: QueryFunction<M> | QueryStrategy,
  model: M,
  { pool, view, random, options }: QueryWithOptions,
): Promise<[indices: Int32Array, metrics: unknown]> {
  if (typeof strategy === "function") {
    const [indices, metrics] = await strategy(model, pool, options);
    return [Int32Array.from(indices), metrics];
  }
  const { indices, scores } = await strategy.select(await view(), options.nInstances ?? 1, options.random ?? random);
  return [indices, scores];
}

/** Share of predictions that are right. */
export function accuracyOf(predictions: Int32Array, y: ArrayLike<number>): number {
  if (y.length !== predictions.length || y.length === 0) {
    throw new RangeError(
      `Cannot score: there must be one label for each of at least one instance: ` +
        `current value is ${y.length} labels for ${predictions.length} instances`,
    );
  }
  return predictions.filter((label, row) => label === y[row]).length / y.length;
}

function checkPairs(X: Instances, y: ArrayLike<number>): void {
  const count = instanceCount(X);
  if (y.length === count) return;
  throw new RangeError(
    `Cannot teach: there must be one label for each of ${count} instances: current value is ${y.length} labels`,
  );
}

function untaught(): TypeError {
  return new TypeError("Cannot rebag: the learner must have been taught. Call fit or teach first.");
}
