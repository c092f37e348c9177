import type { Random } from "../runtime/random.ts";
import { inIdOrder } from "./in_id_order.ts";
import type { Need, PoolView } from "./pool_view.ts";

/** What kind of reasoning a strategy follows; tables and figures group by it. */
export type Family =
  | "baseline"
  | "uncertainty"
  | "diversity"
  | "hybrid"
  | "bayesian"
  | "committee"
  | "decision-theoretic";

/** What to ask, and why. */
export interface Selection {
  /** Stable ids, distinct, in the order picked. */
  readonly indices: Int32Array;
  /** The utility of each pick at the moment it was picked, aligned with `indices`; larger is more wanted. */
  readonly scores: Float64Array;
  /** What a person should know: that fewer items were left than asked for. */
  readonly warning?: string;
}

/** A rule for choosing what to ask next. */
export interface QueryStrategy {
  /** As in the registry, tables and legends: `leastConfidence`, `kCenterGreedy`. */
  readonly name: string;
  readonly family: Family;
  /** What it reads of the view, with the options in force. */
  readonly needs: readonly Need[];
  /** Author, year, title, where: the paper that it follows. */
  readonly reference: string;
  /** The values in force, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * Chooses `k` candidates. A batch larger than the pool is the pool, with a warning.
   *
   * @throws {RangeError} if `k` is not an integer ≥ 0
   * @throws {TypeError} if the view cannot give what the strategy needs
   */
  select(view: PoolView, k: number, random: Random): Promise<Selection>;
}

/** What a strategy's own code returns: rows of the view it was given. */
export interface Picks {
  /** Rows of the candidate matrices, distinct, in the order picked. */
  readonly rows: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/** What {@linkcode queryStrategy} makes a strategy of. */
export interface StrategyDefinition extends Pick<QueryStrategy, "name" | "family" | "needs" | "reference"> {
  /** Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Chooses exactly `k` rows, 1 ≤ `k` ≤ candidates. The view's candidates ascend by id, so whatever follows the order
   * of the rows follows stable ids.
   */
  pick(view: PoolView, k: number, random: Random): Promise<Picks>;
}

/**
 * A strategy from its one idea. What every strategy owes besides is done here: `k` checked, the empty batch, a batch
 * larger than the pool, rows put in the order of their ids (so that permuting the pool permutes the picks, draws and
 * ties included) and turned into ids.
 *
 * @example
 * ```ts
 * import { poolView, matrix, queryStrategy, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const lowestId = queryStrategy({
 *   name: "lowestId",
 *   family: "baseline",
 *   needs: [],
 *   reference: "none",
 *   pick: (_view, k) => {
 *     const rows = Array.from({ length: k }, (_, row) => row);
 *     return Promise.resolve({ rows, scores: rows.map((row) => -row) });
 *   },
 * });
 * const view = poolView({ classCount: 2, candidates: [9, 4], probabilities: matrix([[0.5, 0.5], [1, 0]]) });
 * const { indices, warning } = await lowestId.select(view, 3, new Random(1));
 * assert.deepEqual([...indices], [4, 9]);
 * assert.match(warning!, /2 of the 3/);
 * ```
 */
export function queryStrategy({ pick, options = {}, ...facts }: StrategyDefinition): QueryStrategy {
  return {
    ...facts,
    options,
    async select(view, k, random) {
      if (!Number.isInteger(k) || k < 0) {
        throw new RangeError(`Cannot select: the batch size must be an integer ≥ 0: current value is ${k}`);
      }
      const available = view.candidates.length;
      const count = Math.min(k, available);
      const shortage = count < k ? { warning: shortageOf(k, available) } : {};
      if (count === 0) return { indices: new Int32Array(0), scores: new Float64Array(0), ...shortage };
      const ordered = inIdOrder(view);
      const { rows, scores } = await pick(ordered, count, random);
      return {
        indices: Int32Array.from(rows, (row) => ordered.candidates[row]),
        scores: Float64Array.from(scores),
        ...shortage,
      };
    },
  };
}

function shortageOf(asked: number, available: number): string {
  return `The pool has only ${available} of the ${asked} items asked for; all of them were selected.`;
}
