import { instancesOf } from "../learning/examples.ts";
import { isMatrix } from "../learning/instances.ts";
import { poolView } from "../query/pool_view.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import { gatherRows, type Matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import { softmaxRows } from "../training/softmax_rows.ts";
import type { ContinualNetwork } from "./continual_network.ts";
import { examplesAt } from "./examples_at.ts";
import { unitsFor } from "./stream.ts";

/** What is bought, and for what. */
export interface PurchaseOptions {
  /** The experience's place in the stream. */
  readonly number: number;
  /** Places in its training set whose labels are known already. */
  readonly bought: readonly number[];
  /** How many more; fewer where there are no more. */
  readonly labels: number;
  readonly strategy: QueryStrategy;
  readonly random: Random;
}

/** The places in the experience's training set of what the query strategy wants to know next, given the network as it is. */
export async function buyLabels(network: ContinualNetwork, options: PurchaseOptions): Promise<number[]> {
  const { number, bought, labels, strategy, random } = options;
  const { stream } = network;
  const { train } = stream.experiences[number];
  const known = new Set(bought);
  const candidates = [...train.labels.keys()].filter((index) => !known.has(index));
  const units = unitsFor(stream, { of: number, seen: number });
  const read = (output: "logits" | "features") => (ids: Int32Array) => network.forward(examplesAt(train, ids), output);
  const competing = async (ids: Int32Array) => gatherColumns(await read("logits")(ids), units);
  const instances = instancesOf(train);
  const embeddings = isMatrix(instances) ? (ids: Int32Array) => gatherRows(instances, ids) : read("features");
  const view = poolView({
    classCount: units.length,
    candidates,
    labelled: bought,
    labels: bought.map((index) => units.indexOf(train.labels[index])),
    logits: competing,
    labelledProbabilities: async (ids) => softmaxRows(await competing(ids)),
    embeddings,
    labelledEmbeddings: embeddings,
  });
  return [...(await strategy.select(view, Math.min(labels, candidates.length), random)).indices];
}

function gatherColumns(source: Matrix, columns: readonly number[]): Matrix {
  const data = new Float32Array(source.rows * columns.length);
  for (let row = 0; row < source.rows; row++) {
    const values = rowOf(source, row);
    columns.forEach((column, place) => data[row * columns.length + place] = values[column]);
  }
  return { rows: source.rows, columns: columns.length, data };
}
