import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { type PoolSources, type PoolView, poolView } from "./pool_view.ts";
import type { QueryStrategy, Selection } from "./query_strategy.ts";
import { type ToyOptions, toyPool } from "./toy_pool.ts";

/** One thing that every strategy owes. */
export interface StrategyCheck {
  /** A sentence: `picks are distinct candidates, as many as asked for`. */
  readonly name: string;
  readonly passed: boolean;
  /** What went wrong, where something did. */
  readonly detail?: string;
}

/** What {@linkcode checkStrategy} found. */
export interface StrategyReport {
  readonly strategy: string;
  readonly passed: boolean;
  readonly checks: readonly StrategyCheck[];
}

/** How {@linkcode checkStrategy} checks. */
export interface CheckStrategyOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Candidates of the ordinary toy pool (default 30, at least 4). */
  readonly items?: number;
}

/**
 * Puts a strategy through what every strategy owes, on small made-up pools: the same seed gives the same picks;
 * permuting the pool permutes them; they are distinct candidates, as many as asked for, at every batch size; inputs are
 * not touched; restricting the candidates restricts the picks; odd rows, class counts and pools do no harm; no tensors
 * are left behind. Nothing is thrown: what fails is in the report.
 *
 * @example
 * ```ts
 * import { checkStrategy, queryStrategy } from "curio";
 * import assert from "node:assert/strict";
 *
 * const firstRows = queryStrategy({
 *   name: "firstRows",
 *   family: "baseline",
 *   needs: [],
 *   reference: "none",
 *   pick: (_view, k) => Promise.resolve({ rows: Int32Array.from({ length: k }, (_, row) => row), scores: Array(k).fill(0) }),
 * });
 * const { checks } = await checkStrategy(firstRows);
 * assert.deepEqual(checks.filter(({ passed }) => !passed), []);
 * ```
 */
export async function checkStrategy(
  strategy: QueryStrategy,
  { seed = 1, items = 30 }: CheckStrategyOptions = {},
): Promise<StrategyReport> {
  const bench: Bench = {
    toy: (options) => toyPool({ items, random: new Random(seed).child("toy"), ...options }),
    select: async (view, k) => {
      const selection = await strategy.select(view, k, new Random(seed).child("select"));
      checkSelection(selection, { view, k });
      return selection;
    },
    refuses: async (view, k) => {
      try {
        await strategy.select(view, k, new Random(seed));
      } catch (error) {
        return error instanceof RangeError;
      }
      return false;
    },
  };
  const checks: StrategyCheck[] = [];
  for (const [name, check] of Object.entries(contract)) {
    try {
      await check(bench);
      checks.push({ name, passed: true });
    } catch (error) {
      checks.push({ name, passed: false, detail: error instanceof Error ? error.message : String(error) });
    }
  }
  return { strategy: strategy.name, passed: checks.every(({ passed }) => passed), checks };
}

interface Bench {
  toy(options?: Partial<ToyOptions>): PoolSources & { readonly candidates: Int32Array };
  /** The strategy's selection, found to be whole. */
  select(view: PoolView, k: number): Promise<Selection>;
  /** Whether the strategy throws a RangeError. */
  refuses(view: PoolView, k: number): Promise<boolean>;
}

const contract: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  async "picks are distinct candidates, as many as asked for"({ toy, select }) {
    const sources = toy();
    const count = sources.candidates.length;
    for (const k of [0, 1, 2, count - 1, count]) {
      const { warning } = await select(poolView(sources), k);
      demand(warning === undefined, `asked for ${k} of ${count}, it warned: ${warning}`);
    }
    const { warning } = await select(poolView(sources), count + 1);
    demand(warning !== undefined, `asked for ${count + 1} of ${count}, it did not warn`);
  },
  async "a batch size that is no count is refused"({ toy, refuses }) {
    for (const k of [-1, 1.5, NaN]) demand(await refuses(poolView(toy()), k), `k = ${k} must be a RangeError`);
  },
  async "the same seed gives the same picks"({ toy, select }) {
    demandSame(await select(poolView(toy()), batch), await select(poolView(toy()), batch));
  },
  async "permuting the pool permutes the picks"({ toy, select }) {
    const sources = toy();
    const order = new Random("order").permutation(sources.candidates.length);
    demandSame(await select(poolView(sources), batch), await select(poolView(permuted(sources, order)), batch));
  },
  async "restricting the candidates restricts the picks"({ toy, select }) {
    const sources = toy();
    const half = sources.candidates.filter((_, place) => place % 2 === 0);
    await select(poolView(sources).restrictedTo(half), batch);
  },
  async "inputs are not touched"({ toy, select }) {
    const sources = toy();
    await select(poolView(sources), batch);
    const untouched = toy();
    for (const key of matrixKeys) demandEqual(matricesOf(sources, key), matricesOf(untouched, key), key);
    demand(`${sources.candidates}` === `${untouched.candidates}`, "it changed the candidates");
  },
  async "no tensors are left behind"({ toy, select }) {
    await select(poolView(toy()), batch);
    const before = tf.memory().numTensors;
    await select(poolView(toy()), batch);
    const left = tf.memory().numTensors - before;
    demand(left === 0, `${left} tensors are left`);
  },
  async "nothing need be labelled yet"({ toy, select }) {
    await select(poolView(toy({ labelled: 0 })), batch);
  },
  async "one class, two and a thousand are in order"({ toy, select }) {
    await select(poolView(toy({ classCount: 1 })), batch);
    await select(poolView(toy({ classCount: 2 })), batch);
    await select(poolView(toy({ classCount: 1000, items: 4 })), 3);
  },
  async "one-hot, uniform, zero and NaN rows do no harm"({ toy, select }) {
    for (const odd of ["one-hot", "uniform", "zero", "NaN"] as const) {
      for (const share of [0.2, 1]) {
        const sources = toy({ odd, oddShare: share });
        const count = sources.candidates.length;
        try {
          await select(poolView(sources), 2);
          await select(poolView(sources), count);
        } catch (error) {
          throw new Error(`with ${share * 100} % ${odd} rows: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  },
  async "constant embeddings and duplicates do no harm"({ toy, select }) {
    const sources = toy({ constantEmbeddings: true });
    await select(poolView(sources), 2);
    await select(poolView(sources), sources.candidates.length);
  },
  async "a class of one in a thousand does no harm"({ toy, select }) {
    await select(poolView(toy({ items: 1001, classCount: 2, rare: true })), batch);
  },
};

const batch = 4;

interface Asked {
  readonly view: PoolView;
  readonly k: number;
}

function checkSelection({ indices, scores }: Selection, { view, k }: Asked): void {
  const expected = Math.min(k, view.candidates.length);
  demand(indices.length === expected, `asked for ${k}, it must pick ${expected}: it picked ${indices.length}`);
  demand(scores.length === expected, `there must be a score for each of ${expected} picks: there are ${scores.length}`);
  demand(new Set(indices).size === expected, `picks must be distinct: they are ${indices}`);
  const candidates = new Set(view.candidates);
  for (const id of indices) demand(candidates.has(id), `item ${id} was picked, which is no candidate`);
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function demandSame(first: Selection, second: Selection): void {
  demand(`${first.indices}` === `${second.indices}`, `it picked ${first.indices}, then ${second.indices}`);
}

function demandEqual(actual: readonly Matrix[], expected: readonly Matrix[], key: string): void {
  const same = actual.every(({ data }, member) =>
    data.every((value, at) => Object.is(value, expected[member].data[at]))
  );
  demand(same, `it changed the ${key}`);
}

const candidateKeys = ["probabilities", "logits", "embeddings", "committee", "dropoutPasses"] as const;
const matrixKeys = [...candidateKeys, "labelledEmbeddings", "labelledProbabilities"] as const;

function matricesOf(sources: PoolSources, key: typeof matrixKeys[number]): readonly Matrix[] {
  const source = sources[key];
  if (source === undefined || typeof source === "function") return [];
  return "data" in source ? [source] : source;
}

/** The same pool with its rows in another order. */
function permuted(sources: PoolSources & { readonly candidates: Int32Array }, order: Int32Array): PoolSources {
  const gather = (matrix: Matrix) => gatherRows(matrix, order);
  const [probabilities] = matricesOf(sources, "probabilities");
  const [logits] = matricesOf(sources, "logits");
  const [embeddings] = matricesOf(sources, "embeddings");
  const whole = poolView(sources);
  const candidates = order.map((row) => sources.candidates[row]);
  return {
    ...sources,
    candidates,
    probabilities: gather(probabilities),
    logits: gather(logits),
    embeddings: gather(embeddings),
    committee: matricesOf(sources, "committee").map(gather),
    dropoutPasses: matricesOf(sources, "dropoutPasses").map(gather),
    refit: (ids) => whole.restrictedTo(ids).refit(),
  };
}
