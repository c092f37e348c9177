import type { Matrix } from "../matrix.ts";
import { Graph } from "./graph.ts";
import { NativeTensor } from "./native_tensor.ts";
import { type QuickCall, Session } from "./session.ts";

/** What a linear classifier says of rows: scores, or their softmax. */
export type ScoreKind = "logits" | "probabilities";

/**
 * X·Wᵀ + b and its softmax as compiled graphs, for blocks of rows X one after the other. A block is copied to the same
 * place each time, where it stays in the processor's cache: new memory for each costs more than the products.
 */
export class CompiledScores {
  readonly #slopes: NativeTensor;
  readonly #biases: NativeTensor;
  #block: NativeTensor | undefined;

  /**
   * @param weights `[classes, features + 1]`, the bias last
   * @throws {Error} if `engineSupport()` says that this process cannot build graphs
   */
  constructor({ rows: classes, columns, data }: Matrix) {
    compiled ??= compile();
    const features = columns - 1;
    this.#slopes = new NativeTensor({ type: "float32", shape: [features, classes] });
    this.#biases = new NativeTensor({ type: "float32", shape: [classes] });
    const [slopes, biases] = [this.#slopes.float32, this.#biases.float32];
    for (let label = 0; label < classes; label++) {
      for (let at = 0; at < features; at++) slopes[at * classes + label] = data[label * columns + at];
      biases[label] = data[label * columns + features];
    }
  }

  /** @returns `[rows, classes]` */
  of({ rows, columns, data }: Matrix, kind: ScoreKind): Float32Array {
    if (this.#block?.shape[0] !== rows) {
      this.#block?.delete();
      this.#block = new NativeTensor({ type: "float32", shape: [rows, columns] });
    }
    this.#block.float32.set(data);
    const [result] = compiled![kind]([this.#block, this.#slopes, this.#biases]);
    const values = result.float32.slice();
    result.delete();
    return values;
  }

  dispose(): void {
    for (const tensor of [this.#slopes, this.#biases, this.#block]) tensor?.delete();
  }
}

/** One graph for all shapes, kept for the life of the process: it holds no values. */
let compiled: Readonly<Record<ScoreKind, QuickCall>> | undefined;

function compile(): Readonly<Record<ScoreKind, QuickCall>> {
  const graph = new Graph();
  const feeds = [[-1, -1], [-1, -1], [-1]].map((shape, at) =>
    graph.placeholder("float32", shape, ["rows", "slopes", "biases"][at])
  );
  const [rows, slopes, biases] = feeds;
  const products = graph.add("MatMul", {
    inputs: [rows, slopes],
    attributes: { transpose_a: false, transpose_b: false },
  });
  const logits = graph.add("AddV2", { inputs: [products, biases] });
  const probabilities = graph.add("Softmax", { inputs: [logits] });
  const session = new Session(graph);
  return {
    logits: session.quickCall({ name: "the scores", feeds, fetches: [logits] }),
    probabilities: session.quickCall({ name: "the probabilities", feeds, fetches: [probabilities] }),
  };
}
