import type { Random } from "../runtime/random.ts";
import type { Question } from "./round.ts";

/** A class, or null where the oracle abstains. */
export type Answer = number | null;

/** What an oracle is told besides the items. */
export interface AskOptions {
  /** Of this question round; answers that are drawn by lot are drawn from here, by item. */
  readonly random: Random;
  /** The round whose model asks; −1 for the initial set. */
  readonly round: number;
  /** What is known of each item that is asked for, in their order: the model's prediction, and how wanted it is. */
  readonly questions?: readonly Omit<Question, "label">[];
  /** Name of the strategy that asks. */
  readonly strategy?: string;
  /** How many answers an item has had in earlier rounds: where there are some, another opinion is wanted. */
  readonly earlier?: (index: number) => number;
  readonly signal?: AbortSignal;
  /**
   * For answers that come one at a time: each one told here is kept at once, so that an interruption loses none. Those
   * that were told are still part of what `ask` returns.
   */
  readonly onAnswer?: (index: number, answer: Answer) => void;
}

/**
 * Who knows the labels: the only way to them. Indices in, labels out; the loop, its models and strategies never see a
 * label that was not asked here.
 *
 * A person answers through a page that implements this: `ask` resolves when the batch is done, rejects with the signal's
 * reason when it is aborted, and tells each answer as it comes.
 */
export interface Oracle {
  /** Everything that decides its answers, as plain JSON: a run is named by it. */
  readonly describe: unknown;
  /** One answer for each index, in that order. */
  ask(indices: Int32Array, options: AskOptions): Promise<readonly Answer[]>;
  /**
   * `size` items, stratified by class. Only an oracle that knows all classes beforehand can choose so: a simulation. A
   * person cannot, and leaves it out.
   */
  stratified?(size: number, random: Random): Int32Array;
}
