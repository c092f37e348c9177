import type { Dataset, ImageSource } from "../data/dataset.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import type { Estimator, EstimatorRecipe, ShrinkAndPerturbOptions } from "./estimator.ts";
import type { FeatureSet } from "./examples.ts";
import type { Oracle } from "./oracle.ts";
import type { Relabelling } from "./relabelling.ts";
import type { Round } from "./round.ts";
import type { StoppingRule } from "./stopping_rules.ts";

/** What is learnt about: images, or features of them. */
export type LearningTask = Subject<Dataset, ImageSource> | Subject<FeatureSet, Matrix>;

interface Subject<E extends Dataset | FeatureSet, X extends ImageSource | Matrix> {
  /** The items that may be asked. Its labels, if it has any, are never read: they come from the oracle alone. */
  readonly pool: Omit<E, "labels">;
  /** How each round's model is made. */
  readonly estimator: EstimatorRecipe<X>;
  /** What stopping may go by; its labels count in every budget. None by default. */
  readonly validation?: E;
  /** For the report alone: read last in each round, and by nothing that decides anything. None by default. */
  readonly test?: E;
}

/** What is labelled before there is a model. */
export type InitialChoice =
  /** By lot; by lot but alike for every class, which only a simulation can know; or by a strategy for a cold start. */
  | { readonly size: number; readonly by?: "random" | "stratified" | QueryStrategy }
  /** These. */
  | { readonly indices: ArrayLike<number> }
  /** What another run had bought by the end of these rounds, with its answers: a branch, which asks nothing again. */
  | { readonly rounds: readonly Round[] };

/** A batch that grows by a factor each round: ⌊`first`·`factor`^round⌉. */
export interface GrowingBatch {
  readonly first: number;
  readonly factor: number;
}

/** What each round's training begins from. */
export type TrainingChoice =
  | "scratch"
  | "warm"
  /** Defaults: `shrink` 0.6, `noise` 0.01. */
  | Partial<Omit<ShrinkAndPerturbOptions, "random">>;

/** Options of {@linkcode activeLearning} that decide its numbers. */
export interface LoopSettings {
  readonly oracle: Oracle;
  readonly strategy: QueryStrategy;
  /** Of everything that is drawn: runs that are given the same one and the same initial choice begin alike. */
  readonly random: Random;
  /** Default: 100 items by lot. */
  readonly initial?: InitialChoice;
  /** Questions in each round; default 100. */
  readonly batchSize?: number | GrowingBatch;
  /** Answers after which the run ends, those of the validation set not counted; default: until the pool is empty. */
  readonly budget?: number;
  /** What else ends it; the first that applies is named. */
  readonly stop?: readonly StoppingRule[];
  /** Items in the stop set, on which successive models are compared if a rule goes by it; default 2,000. */
  readonly stopSetSize?: number;
  /** Default `"scratch"`: new weights in every round. */
  readonly training?: TrainingChoice;
  /** Strategies choose among so many items of the pool, drawn anew each round; default: among all. */
  readonly candidates?: number;
  /** Asks again for labels that look wrong; by default no item is asked twice. */
  readonly relabel?: Relabelling;
  /** Passes for strategies that read dropout; default 20. */
  readonly dropoutPasses?: number;
  /** `[items, features]` of the pool, for strategies that read embeddings; default: the model's own, or the features. */
  readonly embeddings?: Matrix;
}

/** Options of {@linkcode activeLearning}. */
export type LoopOptions = LearningTask & LoopSettings & {
  /** Folder in which the run is kept, under the hash of all that decides its numbers; it goes on from there. */
  readonly journal?: string;
  /** Stops at the next batch by throwing the signal's reason; by default the notebook's stop button. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Sees each round's model when it has been trained; it is disposed of after the round. */
  readonly onTrained?: (estimator: Estimator, round: number) => void | Promise<void>;
};
