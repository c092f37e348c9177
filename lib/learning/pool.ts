import { PoolError } from "./pool_error.ts";

/** Where a {@linkcode Pool} stands: before the initial set, between questions, or with questions open. */
export type PoolState = "new" | "ready" | "asking";

/** What a {@linkcode Pool} is of. */
export interface PoolOptions {
  /** Items, whose stable indices are 0…size − 1. */
  readonly size: number;
  readonly classCount: number;
}

const unlabelled = -1;

/**
 * Which items are labelled, in what order they were asked, and with what label: initialise → query → label → query → …
 *
 * It knows labels as they were bought, which may differ from the truth, and no others. Every step checks that it is its
 * turn and that it fits; one that does not throws a {@linkcode PoolError} that says which rule was broken, and changes
 * nothing.
 *
 * @example
 * ```ts
 * import { Pool } from "curio";
 * import assert from "node:assert/strict";
 *
 * const pool = new Pool({ size: 5, classCount: 2 });
 * pool.initialise([3, 0], [1, 0]);
 * pool.query([4]);
 * assert.throws(() => pool.label([2], [1]), /was not queried/);
 * pool.label([4], [1]);
 * assert.deepEqual(pool.labelled, Int32Array.of(3, 0, 4));
 * assert.deepEqual(pool.candidates, Int32Array.of(1, 2));
 * ```
 */
export class Pool {
  readonly size: number;
  readonly classCount: number;
  /** Of each item the label bought, or −1. */
  readonly #labels: Int32Array;
  readonly #ignored: Uint8Array;
  readonly #order: number[] = [];
  readonly #pending = new Set<number>();
  #state: PoolState = "new";

  /** @throws {RangeError} if there is no item or no class */
  constructor({ size, classCount }: PoolOptions) {
    for (const [name, value] of Object.entries({ size, classCount })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`Cannot make a pool: ${name} must be an integer ≥ 1: current value is ${value}`);
      }
    }
    this.size = size;
    this.classCount = classCount;
    this.#labels = new Int32Array(size).fill(unlabelled);
    this.#ignored = new Uint8Array(size);
  }

  get state(): PoolState {
    return this.#state;
  }

  /** Labelled items that are not ignored, in the order they were asked. */
  get labelled(): Int32Array {
    return Int32Array.from(this.#order.filter((index) => !this.#ignored[index]));
  }

  /** Their labels, aligned with `labelled`. */
  get labels(): Int32Array {
    return this.labelled.map((index) => this.#labels[index]);
  }

  /** Items that may be queried, ascending. */
  get candidates(): Int32Array {
    const free: number[] = [];
    for (let index = 0; index < this.size; index++) {
      if (this.#labels[index] === unlabelled && !this.#ignored[index] && !this.#pending.has(index)) free.push(index);
    }
    return Int32Array.from(free);
  }

  /** Items that were queried and wait for their answer, in the order queried. */
  get pending(): Int32Array {
    return Int32Array.from(this.#pending);
  }

  /** Items that are out of the game, ascending. */
  get ignored(): Int32Array {
    return Int32Array.from([...this.#ignored.keys()].filter((index) => this.#ignored[index]));
  }

  /** The label of an item as it was bought or corrected, if it has one. */
  labelOf(index: number): number | undefined {
    this.#checkIndex("read a label", index);
    return this.#labels[index] === unlabelled ? undefined : this.#labels[index];
  }

  /** Takes what is labelled from the start, in this order; it may be nothing. */
  initialise(indices: ArrayLike<number>, labels: ArrayLike<number>): void {
    const action = "initialise the pool";
    this.#checkTurn(action, "new");
    this.#checkAnswers(action, indices, labels);
    this.#checkFree(action, indices);
    this.#take(indices, labels);
    this.#state = "ready";
  }

  /** Opens questions; they are to be answered, or ignored, before there can be others. */
  query(indices: ArrayLike<number>): void {
    const action = "query";
    this.#checkTurn(action, "ready");
    if (indices.length === 0) {
      throw new PoolError("length", "Cannot query: there must be at least one item: current value is 0");
    }
    this.#checkFree(action, indices);
    for (const index of Array.from(indices)) this.#pending.add(index);
    this.#state = "asking";
  }

  /** Answers all open questions or some of them, in any order. */
  label(indices: ArrayLike<number>, labels: ArrayLike<number>): void {
    const action = "label";
    this.#checkTurn(action, "asking");
    this.#checkAnswers(action, indices, labels);
    checkDistinct(action, indices);
    for (const index of Array.from(indices)) {
      this.#checkIndex(action, index);
      if (this.#pending.has(index)) continue;
      if (this.#labels[index] !== unlabelled) throw labelledAlready(action, index);
      throw new PoolError("unqueried", `Cannot label: item ${index} was not queried. Query it first.`);
    }
    this.#take(indices, labels);
    for (const index of Array.from(indices)) this.#close(index);
  }

  /** Puts another label in place of the one that an item has. */
  correct(index: number, label: number): void {
    const action = "correct a label";
    this.#checkIndex(action, index);
    this.#checkClass(action, label);
    if (this.#labels[index] === unlabelled) {
      throw new PoolError("unlabelled", `Cannot ${action}: item ${index} has none yet. Query and label it.`);
    }
    this.#labels[index] = label;
  }

  /** Takes an item out for good: neither learnt from nor asked. An open question is closed by it. */
  ignore(index: number): void {
    const action = "ignore an item";
    this.#checkIndex(action, index);
    if (this.#ignored[index]) throw new PoolError("ignored", `Cannot ${action}: item ${index} is ignored already.`);
    this.#ignored[index] = 1;
    if (this.#pending.has(index)) this.#close(index);
  }

  #take(indices: ArrayLike<number>, labels: ArrayLike<number>): void {
    for (let place = 0; place < indices.length; place++) {
      this.#labels[indices[place]] = labels[place];
      this.#order.push(indices[place]);
    }
  }

  #close(index: number): void {
    this.#pending.delete(index);
    if (this.#pending.size === 0) this.#state = "ready";
  }

  #checkTurn(action: string, wanted: PoolState): void {
    if (this.#state === wanted) return;
    const remedies: Record<PoolState, string> = {
      new: "Call initialise() first.",
      ready: wanted === "new" ? "A pool is initialised once; make another." : "Call query() first.",
      asking: `Label or ignore the ${this.#pending.size} open questions first.`,
    };
    throw new PoolError(
      "order",
      `Cannot ${action}: the pool must be ${wanted}: current value is ${this.#state}. ${remedies[this.#state]}`,
    );
  }

  #checkAnswers(action: string, indices: ArrayLike<number>, labels: ArrayLike<number>): void {
    if (indices.length !== labels.length) {
      throw new PoolError(
        "length",
        `Cannot ${action}: there must be one label for each of ${indices.length} items: ` +
          `current value is ${labels.length} labels`,
      );
    }
    for (const label of Array.from(labels)) this.#checkClass(action, label);
  }

  /** Refuses items that are not candidates, each with its own reason. */
  #checkFree(action: string, indices: ArrayLike<number>): void {
    checkDistinct(action, indices);
    for (const index of Array.from(indices)) {
      this.#checkIndex(action, index);
      if (this.#labels[index] !== unlabelled) throw labelledAlready(action, index);
      if (this.#ignored[index]) throw new PoolError("ignored", `Cannot ${action}: item ${index} is ignored.`);
    }
  }

  #checkIndex(action: string, index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return;
    throw new PoolError(
      "index",
      `Cannot ${action}: an index must be an integer in 0…${this.size - 1}: current value is ${index}`,
    );
  }

  #checkClass(action: string, label: number): void {
    if (Number.isInteger(label) && label >= 0 && label < this.classCount) return;
    throw new PoolError(
      "class",
      `Cannot ${action}: a label must be an integer in 0…${this.classCount - 1}: current value is ${label}`,
    );
  }
}

function checkDistinct(action: string, indices: ArrayLike<number>): void {
  const seen = new Set<number>();
  for (const index of Array.from(indices)) {
    if (seen.has(index)) throw new PoolError("index", `Cannot ${action}: item ${index} must be given once only.`);
    seen.add(index);
  }
}

function labelledAlready(action: string, index: number): PoolError {
  return new PoolError(
    "labelled",
    `Cannot ${action}: item ${index} is labelled already. To change its label, correct it.`,
  );
}
