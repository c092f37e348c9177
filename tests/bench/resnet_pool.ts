import {
  embeddings,
  type LabelledEmbeddings,
  linearProbe,
  loadBackbone,
  loadDataset,
  type Matrix,
  Random,
  readAll,
} from "curio";
import type { QueryPool } from "./query_pool.ts";

/** How many rows {@linkcode resnetPool} has. */
export interface ResnetPoolOptions {
  /** At most 50,000. */
  readonly items: number;
  /** At most 10,000. */
  readonly labelled: number;
}

/** A round on real images, with the labels of what is labelled. */
export interface ResnetPool extends QueryPool {
  readonly labels: Int32Array;
  /** Test images beyond those. */
  readonly heldOut: LabelledEmbeddings;
}

/**
 * A round on CIFAR-10 as a ResNet-18 trained on ImageNet sees it: candidates are training images, what is labelled are
 * test images, and a linear probe on the latter predicts. Embeddings are made once and kept where `embeddings` keeps
 * them.
 *
 * @throws {Deno.errors.NotFound} if no data folder has the images or the weights
 */
export async function resnetPool({ items, labelled }: ResnetPoolOptions): Promise<ResnetPool> {
  const { train, test } = await loadDataset("cifar-10", { download: false });
  const network = await loadBackbone("resnet18", { target: train, random: new Random("head"), download: false });
  try {
    const seen = firstRows(await readAll(await embeddings(network, train)), items);
    const tested = await readAll(await embeddings(network, test));
    const labelledEmbeddings = firstRows(tested, labelled);
    const labels = test.labels.slice(0, labelled);
    const probe = await linearProbe(labelledEmbeddings, labels, { classNames: test.classNames });
    const rows = tested.rows - labelled;
    return {
      labels,
      heldOut: {
        embeddings: { rows, columns: tested.columns, data: tested.data.subarray(labelled * tested.columns) },
        labels: test.labels.slice(labelled),
      },
      embeddings: seen,
      labelledEmbeddings,
      probabilities: await probe.probabilities(seen),
      labelledProbabilities: await probe.probabilities(labelledEmbeddings),
    };
  } finally {
    await network.dispose();
  }
}

function firstRows(whole: Matrix, rows: number): Matrix {
  return { ...whole, rows, data: whole.data.subarray(0, rows * whole.columns) };
}
