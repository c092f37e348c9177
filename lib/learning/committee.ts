import { meanMatrix } from "../query/opinions.ts";
import { poolView } from "../query/pool_view.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import { likeliestClasses } from "../query/votes.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { accuracyOf, type ActiveLearner, queryWith, type TeachOptions } from "./active_learner.ts";
import { type Instances, instancesAt } from "./instances.ts";
import { type QueryFunction, type QueryFunctionOptions, voteEntropyQuery } from "./query_function.ts";

/** What a {@linkcode Committee} is made of. */
export interface CommitteeOptions<X extends Instances = Instances> {
  /** Learners of different seeds, training sets, bootstrap samples or architectures, over the same classes. */
  readonly learnerList: readonly ActiveLearner<X>[];
  /** Default {@linkcode voteEntropyQuery}. */
  readonly queryStrategy?: QueryFunction<Committee<NoInfer<X>>> | QueryStrategy;
  /** Of strategies that draw; default seed 0. */
  readonly random?: Random;
}

/**
 * Several learners that are asked together: modAL's `Committee`, its methods by the same names. Query by committee:
 * Seung, Opper and Sompolinsky (1992).
 *
 * @throws {RangeError} if there is no learner
 */
export class Committee<X extends Instances = Instances> {
  readonly learnerList: readonly ActiveLearner<X>[];
  readonly queryStrategy: QueryFunction<Committee<X>> | QueryStrategy;
  readonly #random: Random;
  #turn = 0;

  constructor({ learnerList, queryStrategy = voteEntropyQuery, random = new Random(0) }: CommitteeOptions<X>) {
    if (learnerList.length === 0) {
      throw new RangeError("Cannot make a committee: there must be at least one learner: current value is 0");
    }
    this.learnerList = learnerList;
    this.queryStrategy = queryStrategy;
    this.#random = random;
  }

  get length(): number {
    return this.learnerList.length;
  }

  [Symbol.iterator](): Iterator<ActiveLearner<X>> {
    return this.learnerList[Symbol.iterator]();
  }

  /** Fits every learner to these alone. */
  async fit(X: X, y: ArrayLike<number>, options: Pick<TeachOptions, "bootstrap"> = {}): Promise<this> {
    for (const learner of this.learnerList) await learner.fit(X, y, options);
    return this;
  }

  /** Teaches every learner. */
  async teach(X: X, y: ArrayLike<number>, options: TeachOptions = {}): Promise<void> {
    for (const learner of this.learnerList) await learner.teach(X, y, options);
  }

  /** Fits every learner to a bootstrap sample of what it was taught. */
  async rebag(): Promise<void> {
    for (const learner of this.learnerList) await learner.rebag();
  }

  /** The likeliest class of each instance to each learner, `[instances, learners]`. */
  async vote(X: X): Promise<Matrix> {
    const ballots: Int32Array[] = [];
    for (const learner of this.learnerList) ballots.push(await learner.predict(X));
    const columns = ballots.length;
    const rows = ballots[0].length;
    const data = Float32Array.from(
      { length: rows * columns },
      (_, at) => ballots[at % columns][Math.floor(at / columns)],
    );
    return { rows, columns, data };
  }

  /** One `[instances, classes]` for each learner. */
  async voteProba(X: X): Promise<readonly Matrix[]> {
    const opinions: Matrix[] = [];
    for (const learner of this.learnerList) opinions.push(await learner.predictProba(X));
    return opinions;
  }

  /** The consensus: the mean of what the learners believe, `[instances, classes]`. */
  async predictProba(X: X): Promise<Matrix> {
    return meanMatrix(await this.voteProba(X));
  }

  /** The likeliest class by consensus. */
  async predict(X: X): Promise<Int32Array> {
    return likeliestClasses(await this.predictProba(X));
  }

  /** Share of instances that the consensus classifies as `y` says. */
  async score(X: X, y: ArrayLike<number>): Promise<number> {
    return accuracyOf(await this.predict(X), y);
  }

  /** As {@linkcode ActiveLearner.query}. */
  async query(
    XPool: X,
    options: QueryFunctionOptions = {},
  ): Promise<[indices: Int32Array, instances: X, metrics: unknown]> {
    const [indices, metrics] = await queryWith(this.queryStrategy, this, {
      pool: XPool,
      view: async () => {
        const committee = await this.voteProba(XPool);
        return poolView({
          classCount: committee[0].columns,
          probabilities: meanMatrix(committee),
          committee,
          ...("rows" in XPool && { embeddings: XPool }),
        });
      },
      random: this.#random.child(`query ${this.#turn++}`),
      options,
    });
    return [indices, instancesAt(XPool, indices), metrics];
  }
}
