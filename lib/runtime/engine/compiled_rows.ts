import type { Matrix } from "../matrix.ts";
import { Graph, type Output } from "./graph.ts";
import { NativeTensor } from "./native_tensor.ts";
import { type Call, type QuickCall, Session } from "./session.ts";
import { turns } from "./turns.ts";

/** What products are summed in. */
export type SumPrecision = "float32" | "float64";

/** How {@linkcode CompiledRows.whiten} weighs. */
export interface WhitenOptions {
  /** Of each row, not negative. */
  readonly weights: Float64Array;
  /** Of each column, not negative. */
  readonly penalties: Float64Array;
}

/** A softmax at each row, bent: what its curvature takes. */
export interface SoftmaxRows {
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
  /** Weight of each row. */
  readonly weights: Float64Array;
}

/**
 * Rows X of features `[rows, columns]` in TensorFlow's memory, and the products with them that a linear classifier is
 * trained with, each one run of a compiled graph: operation by operation, calls cost ten times what they compute.
 */
export class CompiledRows {
  readonly #rows: NativeTensor;
  /** The same in float64, from when it is asked for. */
  #doubles: NativeTensor | undefined;

  /** @throws {Error} if `engineSupport()` says that this process cannot build graphs */
  constructor({ rows, columns, data }: Matrix) {
    compiled ??= compile();
    this.#rows = filled("float32", [rows, columns], data);
  }

  /** X·Wᵀ `[rows, classes]`, of W `[classes, columns]`. */
  scores(weights: Float64Array, precision: SumPrecision): Promise<Float64Array> {
    const { shape: [, columns] } = this.#rows;
    return run(compiled!.scores[precision], {
      ...{ kept: [this.#in(precision)], own: filled(precision, [-1, columns], weights), precision },
    });
  }

  /** Rᵀ·X `[classes, columns]`, of R `[rows, classes]`. */
  slopes(residuals: Float64Array, precision: SumPrecision): Promise<Float64Array> {
    const { shape: [rows] } = this.#rows;
    return run(compiled!.slopes[precision], {
      ...{ kept: [this.#in(precision)], own: filled(precision, [rows, -1], residuals), precision },
    });
  }

  #in(precision: SumPrecision): NativeTensor {
    if (precision === "float32") return this.#rows;
    return this.#doubles ??= filled(precision, this.#rows.shape, this.#rows.float32);
  }

  /**
   * With A = Xᵀ·diag(weights)·X + diag(penalties) = L·Lᵀ: the coordinates V = W·L, where A is the identity.
   *
   * @returns undefined if A is too near to singular for float32
   */
  async whiten({ weights, penalties }: WhitenOptions): Promise<WhitenedRows | undefined> {
    const { shape: [rows, columns] } = this.#rows;
    const bends = filled("float32", [rows, 1], weights);
    const added = filled("float32", [columns], penalties);
    try {
      const [inverse, whitened, upright, ridge, sum] = await queue.next(() =>
        compiled!.whiten([this.#rows, bends, added])
      );
      const [isExact, isSound] = [ridge.float32[0] === 0, Number.isFinite(sum.float32[0])];
      ridge.delete();
      sum.delete();
      const parts = new WhitenedRows({ inverse, rows: whitened, upright, bends, isExact });
      if (isSound) return parts;
      parts.dispose();
    } catch (error) {
      bends.delete();
      if (!(error instanceof Error && /Cholesky/.test(error.message))) throw error;
    } finally {
      added.delete();
    }
  }

  dispose(): void {
    this.#rows.delete();
    this.#doubles?.delete();
  }
}

interface WhitenedParts {
  /** L⁻¹ */
  readonly inverse: NativeTensor;
  /** X·L⁻ᵀ */
  readonly rows: NativeTensor;
  /** The same, transposed: products with it are the quicker for it. */
  readonly upright: NativeTensor;
  readonly bends: NativeTensor;
  /** Whether A was factored as it is, without anything added to its diagonal. */
  readonly isExact: boolean;
}

/** What {@linkcode CompiledRows.whiten} makes. */
export class WhitenedRows {
  readonly #parts: WhitenedParts;

  constructor(parts: WhitenedParts) {
    this.#parts = parts;
  }

  /** Whether {@linkcode conjugateGradients} can be trusted with the penalties. */
  get isExact(): boolean {
    return this.#parts.isExact;
  }

  /** G·L⁻ᵀ, of slopes G `[classes, columns]`. */
  inwards(slopes: Float64Array): Promise<Float64Array> {
    return this.#through(compiled!.inwards, slopes);
  }

  /** V·L⁻¹, of directions V `[classes, columns]`. */
  outwards(directions: Float64Array): Promise<Float64Array> {
    return this.#through(compiled!.outwards, directions);
  }

  #through(call: Call, values: Float64Array): Promise<Float64Array> {
    const { inverse } = this.#parts;
    return run(call, { kept: [inverse], own: filled("float32", [-1, inverse.shape[0]], values) });
  }

  /**
   * Solves H·x = residual for the penalised loss' Hessian H in these coordinates. There the penalty needs no product of
   * its own: L⁻¹·diag(penalties)·L⁻ᵀ is the identity without X′ᵀ·diag(weights)·X′. What is computed stays in TensorFlow's
   * memory from one run of {@linkcode stride} steps to the next.
   */
  async conjugateGradients(
    { probabilities, weights }: SoftmaxRows,
    { residual, enough, maxProducts }: LinearSystem,
  ): Promise<Solution> {
    const { rows: whitened, upright, bends } = this.#parts;
    const [rows, columns] = whitened.shape;
    const classes = probabilities.length / rows;
    const weighted = probabilities.map((value, at) => value * weights[Math.floor(at / classes)]);
    const softmax = [probabilities, weighted].map((values) => filled("float32", [rows, classes], values));
    const square = residual.reduce((sum, value) => sum + value ** 2, 0);
    const vectors = [new Float64Array(residual.length), residual, residual];
    let state = [
      ...vectors.map((values) => filled("float32", [classes, columns], values)),
      filled("float32", [], [square]),
    ];
    let products = 0;
    try {
      const call = rows * columns * classes <= quickest ? compiled!.stepsHere : compiled!.steps;
      while (products < maxProducts && state[3].float32[0] > enough) {
        const next = await queue.next(() => call([whitened, upright, bends, ...softmax, ...state]));
        products += stride;
        const isSound = Number.isFinite(next[3].float32[0]);
        for (const tensor of isSound ? state : next) tensor.delete();
        if (!isSound) break;
        state = next;
      }
      return { solution: new Float64Array(state[0].float32), left: state[3].float32[0], products };
    } finally {
      for (const tensor of [...softmax, ...state]) tensor.delete();
    }
  }

  dispose(): void {
    const { inverse, rows, upright, bends } = this.#parts;
    for (const tensor of [inverse, rows, upright, bends]) tensor.delete();
  }
}

/** What conjugate gradients solve. */
export interface LinearSystem {
  readonly residual: Float64Array;
  /** The square of the residual's length that is good enough. */
  readonly enough: number;
  readonly maxProducts: number;
}

/** How far conjugate gradients came. */
export interface Solution {
  readonly solution: Float64Array;
  /** The square of the residual's length. */
  readonly left: number;
  readonly products: number;
}

interface Compiled {
  readonly scores: Readonly<Record<SumPrecision, Call>>;
  readonly slopes: Readonly<Record<SumPrecision, Call>>;
  readonly whiten: Call;
  readonly inwards: Call;
  readonly outwards: Call;
  readonly steps: Call;
  readonly stepsHere: QuickCall;
}

/** One graph for all shapes, kept for the life of the process: it holds no values. */
let compiled: Compiled | undefined;

/** Steps of conjugate gradients in one run: a run takes as long to start as a step takes. */
const stride = 4;

const queue = turns("Cannot multiply: the session is closed");

/** Of A's trace: what its smallest penalty must reach to be factored in float32; what is missing is added. */
const relativeRidge = 1e-6;

function compile(): Compiled {
  const graph = new Graph();
  const add = (kind: string, ...inputs: Output[]) => graph.add(kind, { inputs });
  const multiply = (a: Output, b: Output, { transpose }: { readonly transpose?: "a" | "b" } = {}) =>
    graph.add("MatMul", {
      inputs: [a, b],
      attributes: { transpose_a: transpose === "a", transpose_b: transpose === "b" },
    });
  const rows = graph.placeholder("float32", [-1, -1], "rows");
  const bends = graph.placeholder("float32", [-1, 1], "bends");
  const penalties = graph.placeholder("float32", [-1], "penalties");
  const directions = graph.placeholder("float32", [-1, -1], "directions");

  const weighted = add("Mul", rows, add("Sqrt", bends));
  const gram = multiply(weighted, weighted, { transpose: "a" });
  const diagonal = add("MatrixDiagPart", gram);
  const all = graph.integers([0]);
  const wanted = add("Mul", add("Sum", diagonal, all), graph.constant(relativeRidge));
  // The last column, a bias, goes free; the others are penalised alike.
  const missing = add("Relu", add("Sub", wanted, add("Max", penalties, all)));
  const summed = graph.add("MatrixSetDiag", {
    inputs: [gram, add("AddV2", diagonal, add("AddV2", penalties, missing))],
  });
  const inverse = graph.add("MatrixTriangularSolve", {
    inputs: [add("Cholesky", summed), add("MatrixDiag", add("OnesLike", penalties))],
    attributes: { lower: true, adjoint: false },
  });
  const whitened = multiply(rows, inverse, { transpose: "b" });

  const factor = graph.placeholder("float32", [-1, -1], "factor");
  const probabilities = graph.placeholder("float32", [-1, -1], "probabilities");
  const weightedProbabilities = graph.placeholder("float32", [-1, -1], "weightedProbabilities");
  const upright = graph.placeholder("float32", [-1, -1], "upright");
  const turn = (values: Output) => add("Transpose", values, graph.integers([1, 0]));
  // A row for each class: sums over classes are then sums of rows, which are quick.
  const [beliefs, weightedBeliefs, rowBends] = [probabilities, weightedProbabilities, bends].map(turn);
  const curved = (search: Output) => {
    const turned = multiply(search, upright);
    const mean = add("Sum", add("Mul", beliefs, turned), all);
    const softmax = add("Mul", weightedBeliefs, add("Sub", turned, mean));
    const bent = add("Sub", softmax, add("Mul", rowBends, turned));
    return add("AddV2", multiply(bent, rows), search);
  };
  const both = graph.integers([0, 1]);
  const dot = (a: Output, b: Output) => add("Sum", add("Mul", a, b), both);
  const vectors = ["solution", "residual", "search"].map((name) => graph.placeholder("float32", [-1, -1], name));
  const square = graph.placeholder("float32", [], "square");
  let [solution, residual, search] = vectors;
  let left = square;
  for (let step = 0; step < stride; step++) {
    const bent = curved(search);
    const length = add("DivNoNan", left, dot(search, bent));
    solution = add("AddV2", solution, add("Mul", length, search));
    residual = add("Sub", residual, add("Mul", length, bent));
    const before = left;
    left = dot(residual, residual);
    search = add("AddV2", residual, add("Mul", add("DivNoNan", left, before), search));
  }

  const products = (precision: SumPrecision) => {
    const own = precision === "float32" ? rows : graph.placeholder(precision, [-1, -1], "rows");
    const values = graph.placeholder(precision, [-1, -1], "values");
    const feeds = [own, values];
    return {
      scores: { name: "the scores", feeds, fetches: [multiply(own, values, { transpose: "b" })] },
      slopes: { name: "the slopes", feeds, fetches: [multiply(values, own, { transpose: "a" })] },
    };
  };
  const [single, double] = [products("float32"), products("float64")];
  const inwards = multiply(directions, factor, { transpose: "b" });
  const outwards = multiply(directions, factor);

  const steps = {
    name: "conjugate gradients",
    feeds: [rows, upright, bends, probabilities, weightedProbabilities, ...vectors, square],
    fetches: [solution, residual, search, left],
  };

  const session = new Session(graph);
  return {
    scores: { float32: session.call(single.scores), float64: session.call(double.scores) },
    slopes: { float32: session.call(single.slopes), float64: session.call(double.slopes) },
    whiten: session.call({
      name: "the whitening",
      feeds: [rows, bends, penalties],
      fetches: [inverse, whitened, turn(whitened), missing, add("Sum", whitened, both)],
    }),
    inwards: session.call({ name: "the way inwards", feeds: [factor, directions], fetches: [inwards] }),
    outwards: session.call({ name: "the way outwards", feeds: [factor, directions], fetches: [outwards] }),
    steps: session.call(steps),
    stepsHere: session.quickCall(steps),
  };
}

/** A tensor of these values; a size of −1 is what they fill. */
function filled(type: SumPrecision, shape: readonly number[], values: ArrayLike<number>): NativeTensor {
  const known = shape.filter((size) => size >= 0).reduce((product, size) => product * size, 1);
  const sizes = shape.map((size) => size < 0 ? values.length / known : size);
  const tensor = new NativeTensor({ type, shape: sizes });
  tensor[type].set(values);
  return tensor;
}

/** So many multiplications take about a millisecond. */
const quickest = 2 ** 23;

interface RunOptions {
  readonly kept: readonly NativeTensor[];
  /** The last feed, deleted afterwards. */
  readonly own: NativeTensor;
  readonly precision?: SumPrecision;
}

async function run(call: Call, { kept, own, precision = "float32" }: RunOptions): Promise<Float64Array> {
  try {
    const [result] = await queue.next(() => call([...kept, own]));
    const values = new Float64Array(result[precision]);
    result.delete();
    return values;
  } finally {
    own.delete();
  }
}
