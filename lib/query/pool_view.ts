import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import { blocksOf, gatheredBlocks, readAll, type RowReader } from "../runtime/row_reader.ts";
import { probeRefitter, type Refitter } from "./probe_refitter.ts";

/** What a strategy reads of a {@linkcode PoolView} beyond ids and labels, by the name of the method that gives it. */
export type Need =
  | "probabilities"
  | "logits"
  | "embeddings"
  | "labelledEmbeddings"
  | "labelledProbabilities"
  | "committee"
  | "dropoutPasses"
  | "refit";

/**
 * What a strategy may see in one round. Lazy: each matrix is computed when it is first asked for and at most once, so a
 * strategy that reads only probabilities never pays for embeddings. Matrices are shared: read them, never write them.
 *
 * Items go by their stable id (their index in the training set). Row i of every candidate matrix is item
 * `candidates[i]`.
 */
export interface PoolView {
  readonly classCount: number;
  /** Ids of the items that may be asked, each once, in the order of the rows; nothing may depend on that order. */
  readonly candidates: Int32Array;
  /** Ids of the items already labelled, in the order they were asked. */
  readonly labelled: Int32Array;
  /** Their classes, aligned with `labelled`. */
  readonly labels: Int32Array;
  /** Whether the view can give this. */
  offers(need: Need): boolean;
  /** `[candidates, classes]`, rows sum to 1. */
  probabilities(): Promise<Matrix>;
  /** `[candidates, classes]`, before the softmax. */
  logits(): Promise<Matrix>;
  /** `[candidates, features]` */
  embeddings(): Promise<Matrix>;
  /** The same rows, a block at a time; of embeddings in memory, views on them. */
  embeddingBlocks(): Promise<RowReader>;
  /** `[labelled, features]` */
  labelledEmbeddings(): Promise<Matrix>;
  /** `[labelled, classes]` */
  labelledProbabilities(): Promise<Matrix>;
  /** One `[candidates, classes]` for each member. */
  committee(): Promise<readonly Matrix[]>;
  /** One `[candidates, classes]` for each Monte-Carlo dropout pass. */
  dropoutPasses(): Promise<readonly Matrix[]>;
  /** The model to be trained again with one more answer. */
  refit(): Promise<Refitter>;
  /**
   * The same round with only these candidates, in this order. What is computed already is gathered; what is not is
   * computed for these alone, where its source can.
   *
   * @throws {RangeError} if an id is not a candidate
   */
  restrictedTo(ids: Int32Array): PoolView;
}

/** A value, or how to get it for the items with these ids, in that order; called at most once a view. */
export type PoolSource<T> = T | ((ids: Int32Array) => T | Promise<T>);

/** What a model can give, each by its name. */
export interface PoolValues {
  /** Left out, the softmax of `logits`. */
  readonly probabilities: Matrix;
  /** Left out, the natural logarithm of `probabilities`, which has the same softmax. */
  readonly logits: Matrix;
  /** Left out, all of `embeddingBlocks`. */
  readonly embeddings: Matrix;
  /** For embeddings that do not fit in memory; left out, `embeddings` in blocks. */
  readonly embeddingBlocks: RowReader;
  readonly labelledEmbeddings: Matrix;
  readonly labelledProbabilities: Matrix;
  readonly committee: readonly Matrix[];
  readonly dropoutPasses: readonly Matrix[];
  /** Left out, softmax regression on the embeddings: see {@linkcode probeRefitter}. */
  readonly refit: Refitter;
}

/** Where a view's matrices come from. Leave out what the model cannot give. */
export type ModelSources = { readonly [K in keyof PoolValues]?: PoolSource<PoolValues[K]> };

/** What {@linkcode poolView} is made of. */
export interface PoolSources extends ModelSources {
  readonly classCount: number;
  /** Ids that may be asked; 0…rows − 1 of the first matrix given as a value, if left out. */
  readonly candidates?: ArrayLike<number>;
  /** Default: nothing is labelled. */
  readonly labelled?: ArrayLike<number>;
  readonly labels?: ArrayLike<number>;
}

/**
 * A view of one round from what a model can give: matrices, or functions that compute them for given ids when a
 * strategy first asks.
 *
 * @throws {RangeError} if ids repeat, are both labelled and candidates, or labels do not match them; and, when it is
 *   read, if a matrix has not one row for each id
 * @throws {TypeError} when something is read that neither was given nor follows from what was given
 *
 * @example
 * ```ts
 * import { matrix, poolView } from "curio";
 * import assert from "node:assert/strict";
 *
 * const view = poolView({ classCount: 2, probabilities: matrix([[0.9, 0.1], [0.5, 0.5]]) });
 * assert.deepEqual([...view.candidates], [0, 1]);
 * await assert.rejects(view.embeddings(), /Cannot read embeddings/);
 * ```
 */
export function poolView(sources: PoolSources): PoolView {
  const { classCount } = sources;
  const model: ModelSources = sources;
  const candidates = sources.candidates ? new Int32Array(sources.candidates) : firstIds(rowsGiven(sources));
  const labelled = new Int32Array(sources.labelled ?? []);
  const labels = new Int32Array(sources.labels ?? []);
  checkIds({ classCount, candidates, labelled, labels });
  const made = new Map<Read, Promise<unknown>>();

  /** What `key` names, from its source or else from `fallback`; the same promise every time. */
  function read<K extends Read>(key: K, fallback?: () => Promise<PoolValues[K]>): Promise<PoolValues[K]> {
    const known = made.get(key) as Promise<PoolValues[K]> | undefined;
    if (known) return known;
    const ids = key.startsWith("labelled") ? labelled : candidates;
    const reading = readSource(model, { key, ids, classCount, fallback });
    made.set(key, reading);
    return reading;
  }

  const has = (key: Read) => sources[key] !== undefined;
  const view: PoolView = {
    classCount,
    candidates,
    labelled,
    labels,
    offers(need) {
      if (need === "probabilities" || need === "logits") return has("probabilities") || has("logits");
      if (need === "embeddings") return has("embeddings") || has("embeddingBlocks");
      if (need === "labelledEmbeddings") return has(need) || (labelled.length === 0 && view.offers("embeddings"));
      if (need === "labelledProbabilities") return has(need) || labelled.length === 0;
      if (need === "refit") return has(need) || (view.offers("embeddings") && view.offers("labelledEmbeddings"));
      return has(need);
    },
    probabilities: () =>
      read("probabilities", has("logits") ? async () => softmaxRows(await view.logits()) : undefined),
    logits: () => read("logits", has("probabilities") ? async () => logarithm(await view.probabilities()) : undefined),
    embeddings: () =>
      read("embeddings", has("embeddingBlocks") ? async () => readAll(await view.embeddingBlocks()) : undefined),
    embeddingBlocks: () =>
      read("embeddingBlocks", has("embeddings") ? async () => blocksOf(await view.embeddings()) : undefined),
    labelledEmbeddings: () =>
      read(
        "labelledEmbeddings",
        labelled.length > 0 ? undefined : async () => noRows((await view.embeddingBlocks()).columns),
      ),
    labelledProbabilities: () =>
      read("labelledProbabilities", labelled.length > 0 ? undefined : () => Promise.resolve(noRows(classCount))),
    committee: () => read("committee"),
    dropoutPasses: () => read("dropoutPasses"),
    refit: () => read("refit", view.offers("refit") ? fitProbe : undefined),
    restrictedTo(ids) {
      const narrowed = <K extends Read>(
        key: K,
        gather: (whole: PoolValues[K], rows: Int32Array) => PoolValues[K],
      ) => {
        const source: PoolSource<PoolValues[K]> | undefined = model[key];
        if (source === undefined) return undefined;
        return async (wanted: Int32Array): Promise<PoolValues[K]> => {
          if (typeof source === "function" && !made.has(key)) return await source(wanted);
          return gather(await read(key), rowsOfIds(candidates, wanted));
        };
      };
      const eachGathered = (members: readonly Matrix[], rows: Int32Array) => members.map((m) => gatherRows(m, rows));
      rowsOfIds(candidates, ids);
      return poolView({
        classCount,
        candidates: ids,
        labelled,
        labels,
        probabilities: narrowed("probabilities", gatherRows),
        logits: narrowed("logits", gatherRows),
        embeddings: narrowed("embeddings", gatherRows),
        embeddingBlocks: narrowed("embeddingBlocks", gatheredBlocks),
        labelledEmbeddings: has("labelledEmbeddings") ? () => view.labelledEmbeddings() : undefined,
        labelledProbabilities: has("labelledProbabilities") ? () => view.labelledProbabilities() : undefined,
        committee: narrowed("committee", eachGathered),
        dropoutPasses: narrowed("dropoutPasses", eachGathered),
        refit: narrowed("refit", gatheredRefitter),
      });
    },
  };

  async function fitProbe(): Promise<Refitter> {
    const [embeddings, labelledEmbeddings] = await Promise.all([view.embeddings(), view.labelledEmbeddings()]);
    return await probeRefitter({ embeddings, labelledEmbeddings, labels, classCount });
  }

  return view;
}

type Read = keyof PoolValues;

interface ReadRequest<K extends Read> {
  readonly key: K;
  readonly ids: Int32Array;
  readonly classCount: number;
  readonly fallback?: () => Promise<PoolValues[K]>;
}

async function readSource<K extends Read>(
  sources: ModelSources,
  { key, ids, classCount, fallback }: ReadRequest<K>,
): Promise<PoolValues[K]> {
  const source: PoolSource<PoolValues[K]> | undefined = sources[key];
  if (source === undefined) {
    if (fallback) return await fallback();
    throw new TypeError(
      `Cannot read ${key}: this round's view does not offer it. ` +
        `Give poolView() a source named "${key}", or choose a strategy that does not need it.`,
    );
  }
  const value = typeof source === "function" ? await source(ids) : source;
  const matrices = Array.isArray(value) ? value : "rows" in value ? [value] : [];
  for (const given of matrices) checkShape(given, { key, rows: ids.length, classCount });
  return value;
}

interface ExpectedShape {
  readonly key: Read;
  readonly rows: number;
  readonly classCount: number;
}

function checkShape(given: { readonly rows: number; readonly columns: number }, expected: ExpectedShape): void {
  const { key, rows, classCount } = expected;
  if (given.rows !== rows) {
    throw new RangeError(
      `Cannot read ${key}: there must be one row for each of ${rows} items: current value is ${given.rows}`,
    );
  }
  if (!/embedding/i.test(key) && given.columns !== classCount) {
    throw new RangeError(
      `Cannot read ${key}: there must be one column for each of ${classCount} classes: current value is ${given.columns}`,
    );
  }
}

function firstIds(count: number): Int32Array {
  const ids = new Int32Array(count);
  for (let row = 0; row < count; row++) ids[row] = row;
  return ids;
}

function rowsGiven(sources: PoolSources): number {
  for (const key of ["probabilities", "logits", "embeddings", "embeddingBlocks"] as const) {
    const source = sources[key];
    if (source !== undefined && typeof source !== "function") return source.rows;
  }
  for (const key of ["committee", "dropoutPasses"] as const) {
    const source = sources[key];
    if (source !== undefined && typeof source !== "function" && source.length > 0) return source[0].rows;
  }
  throw new TypeError("Cannot make a view: without a matrix to count, `candidates` must be given");
}

function checkIds(
  { classCount, candidates, labelled, labels }: Pick<PoolView, "classCount" | "candidates" | "labelled" | "labels">,
): void {
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new RangeError(`Cannot make a view: the class count must be an integer ≥ 1: current value is ${classCount}`);
  }
  if (labels.length !== labelled.length) {
    throw new RangeError(
      `Cannot make a view: each of ${labelled.length} labelled items must have one label: current value is ${labels.length} labels`,
    );
  }
  const strange = labels.find((label) => label < 0 || label >= classCount);
  if (strange !== undefined) {
    throw new RangeError(`Cannot make a view: a label must be in 0…${classCount - 1}: current value is ${strange}`);
  }
  const known = new Set(labelled);
  if (known.size < labelled.length) throw new RangeError("Cannot make a view: an item is labelled more than once");
  let ascending = true;
  for (let row = 0; row < candidates.length; row++) {
    if (known.has(candidates[row])) {
      throw new RangeError(`Cannot make a view: item ${candidates[row]} is both a candidate and labelled`);
    }
    if (row > 0 && candidates[row] <= candidates[row - 1]) ascending = false;
  }
  if (!ascending && new Set(candidates).size < candidates.length) {
    throw new RangeError("Cannot make a view: an item is a candidate more than once");
  }
}

function rowsOfIds(candidates: Int32Array, ids: Int32Array): Int32Array {
  const places = new Map<number, number>();
  ids.forEach((id, place) => places.set(id, place));
  const rows = new Int32Array(ids.length).fill(-1);
  candidates.forEach((id, row) => {
    const place = places.get(id);
    if (place !== undefined) rows[place] = row;
  });
  const missing = rows.indexOf(-1);
  if (missing >= 0) {
    throw new RangeError(
      `Cannot restrict a view: every id must be one of its candidates, once: current value is ${ids[missing]}`,
    );
  }
  return rows;
}

function logarithm({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.map((value) => Math.log(value)) };
}

function noRows(columns: number): Matrix {
  return { rows: 0, columns, data: new Float32Array(0) };
}

function gatheredRefitter({ parameters, refit }: Refitter, rows: Int32Array): Refitter {
  return {
    parameters,
    async refit(row, label) {
      const refitted = await refit(rows[row], label);
      return { ...refitted, probabilities: async () => gatherRows(await refitted.probabilities(), rows) };
    },
  };
}
