import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import type { PoolSources } from "./pool_view.ts";
import type { Refitter } from "./probe_refitter.ts";

/** What a toy pool is like. */
export interface ToyOptions {
  /** Candidates. */
  readonly items: number;
  readonly random: Random;
  /** Default 3. */
  readonly classCount?: number;
  /** Items already labelled (default 5). */
  readonly labelled?: number;
  /** What the probabilities of some candidates are; of NaN and zero rows, the embeddings too. */
  readonly odd?: "one-hot" | "uniform" | "zero" | "NaN";
  /** Share of the candidates that are odd (default 0.2). */
  readonly oddShare?: number;
  /** Whether every embedding is the same. */
  readonly constantEmbeddings?: boolean;
  /** Whether all candidates but one belong to class 0. */
  readonly rare?: boolean;
}

/** A made-up pool that can give everything a strategy may need: Gaussian classes, a softmax model, noisy opinions. */
export function toyPool(options: ToyOptions): PoolSources & { readonly candidates: Int32Array } {
  const { items, random, classCount = 3, labelled = 5, odd, oddShare = 0.2, constantEmbeddings, rare } = options;
  const total = items + labelled;
  const classOf = (item: number) => rare ? (item === items - 1 ? classCount - 1 : 0) : item % classCount;
  const centres = gaussian({ rows: classCount, columns: features, random: random.child("centres") });
  const noise = gaussian({ rows: total, columns: features, random: random.child("embeddings") });
  const embeddings = {
    ...noise,
    data: noise.data.map((value, at) => {
      const centre = rowOf(centres, classOf(Math.floor(at / features)));
      return constantEmbeddings ? 1 : value + 2 * centre[at % features];
    }),
  };
  const opinion = (name: string): Matrix => {
    const logits = gaussian({ rows: total, columns: classCount, random: random.child(name) });
    for (let item = 0; item < total; item++) logits.data[item * classCount + classOf(item)] += 1;
    return logits;
  };
  const oddRows = Math.ceil(odd ? oddShare * items : 0);
  const spoil = (matrix: Matrix): Matrix => spoiled(matrix, { odd, rows: oddRows });
  const believed = (name: string) => spoil(softmaxRows(part(opinion(name), 0, items)));

  const logits = opinion("model");
  const probabilities = spoil(softmaxRows(part(logits, 0, items)));
  // Ids with gaps, so that a row taken for an id is noticed.
  const ids = Int32Array.from({ length: total }, (_, item) => 3 * item + 2);
  return {
    classCount,
    candidates: ids.slice(0, items),
    labelled: ids.slice(items),
    labels: Int32Array.from({ length: labelled }, (_, place) => (items + place) % classCount),
    probabilities,
    logits: part(logits, 0, items),
    embeddings: odd === "zero" || odd === "NaN" ? spoil(part(embeddings, 0, items)) : part(embeddings, 0, items),
    labelledEmbeddings: part(embeddings, items, total),
    labelledProbabilities: softmaxRows(part(logits, items, total)),
    committee: ["first", "second", "third"].map(believed),
    dropoutPasses: ["a", "b", "c", "d"].map(believed),
    refit: nudged(probabilities),
  };
}

const features = 6;

/** A model that leans a little towards an answer: cheap, and different for each question. */
function nudged(probabilities: Matrix): Refitter {
  const { rows, columns } = probabilities;
  return {
    parameters: new Float64Array(columns),
    refit: (row, label) =>
      Promise.resolve({
        parameters: Float64Array.from(
          rowOf(probabilities, row),
          (value, column) => (column === label ? 1 : 0) - value,
        ),
        probabilities: () =>
          Promise.resolve({
            rows,
            columns,
            data: probabilities.data.map((value, at) => 0.9 * value + (at % columns === label ? 0.1 : 0)),
          }),
      }),
  };
}

function gaussian({ rows, columns, random }: { rows: number; columns: number; random: Random }): Matrix {
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => random.normal()) };
}

function part({ columns, data }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns, data: data.slice(from * columns, to * columns) };
}

interface SpoilOptions {
  readonly odd: ToyOptions["odd"];
  /** From the first on. */
  readonly rows: number;
}

function spoiled({ rows, columns, data }: Matrix, { odd, rows: oddRows }: SpoilOptions): Matrix {
  const value = (at: number): number => {
    if (odd === "one-hot") return at % columns === Math.floor(at / columns) % columns ? 1 : 0;
    if (odd === "uniform") return 1 / columns;
    return odd === "zero" ? 0 : NaN;
  };
  return { rows, columns, data: data.map((old, at) => at < oddRows * columns ? value(at) : old) };
}
