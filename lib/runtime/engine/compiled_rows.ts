import type { Matrix } from "../matrix.ts";
import { Graph, type Output } from "./graph.ts";
import { NativeTensor } from "./native_tensor.ts";
import { type Call, Session } from "./session.ts";
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

  /** @throws {Error} if `engineSupport()` says that this process cannot build graphs */
  constructor({ rows, columns, data }: Matrix) {
    compiled ??= compile();
    this.#rows = filled("float32", [rows, columns], data);
  }

  /** X·Wᵀ `[rows, classes]`, of W `[classes, columns]`. */
  scores(weights: Float64Array, precision: SumPrecision): Promise<Float64Array> {
    const { shape: [, columns] } = this.#rows;
    return run(compiled!.scores[precision], {
      ...{ kept: [this.#rows], own: filled(precision, [-1, columns], weights), precision },
    });
  }

  /** Rᵀ·X `[classes, columns]`, of R `[rows, classes]`. */
  slopes(residuals: Float64Array, precision: SumPrecision): Promise<Float64Array> {
    const { shape: [rows] } = this.#rows;
    return run(compiled!.slopes[precision], {
      ...{ kept: [this.#rows], own: filled(precision, [rows, -1], residuals), precision },
    });
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
    let results: readonly NativeTensor[] = [];
    try {
      results = await queue.next(() => compiled!.whiten([this.#rows, bends, added]));
    } catch (error) {
      bends.delete();
      if (!(error instanceof Error && /Cholesky/.test(error.message))) throw error;
      return undefined;
    } finally {
      added.delete();
    }
    const [inverse, whitened, ridge] = results;
    const isSound = ridge !== undefined && whitened.float32.every(Number.isFinite);
    if (isSound) {
      const isExact = ridge.float32[0] === 0;
      ridge.delete();
      return new WhitenedRows({ inverse, rows: whitened, bends, isExact });
    }
    for (const tensor of [bends, ...results]) tensor.delete();
    return undefined;
  }

  dispose(): void {
    this.#rows.delete();
  }
}

interface WhitenedParts {
  /** L⁻¹ */
  readonly inverse: NativeTensor;
  /** X·L⁻ᵀ */
  readonly rows: NativeTensor;
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

  /** Whether {@linkcode curvature} can be trusted with the penalties. */
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
   * The penalised loss' Hessian times a direction, in these coordinates. There the penalty needs no product of its own:
   * L⁻¹·diag(penalties)·L⁻ᵀ is the identity without X′ᵀ·diag(weights)·X′.
   */
  curvature({ probabilities, weights }: SoftmaxRows): DisposableProduct {
    const { rows: whitened, bends } = this.#parts;
    const [rows, columns] = whitened.shape;
    const classes = probabilities.length / rows;
    const weighted = probabilities.map((value, at) => value * weights[Math.floor(at / classes)]);
    const softmax = [probabilities, weighted].map((values) => filled("float32", [rows, classes], values));
    const kept = [whitened, bends, ...softmax];
    return {
      of: (direction) => run(compiled!.curvature, { kept, own: filled("float32", [classes, columns], direction) }),
      dispose: () => softmax.forEach((tensor) => tensor.delete()),
    };
  }

  dispose(): void {
    const { inverse, rows, bends } = this.#parts;
    for (const tensor of [inverse, rows, bends]) tensor.delete();
  }
}

/** A matrix that vectors are multiplied with. */
export interface DisposableProduct {
  of(direction: Float64Array): Promise<Float64Array>;
  dispose(): void;
}

interface Compiled {
  readonly scores: Readonly<Record<SumPrecision, Call>>;
  readonly slopes: Readonly<Record<SumPrecision, Call>>;
  readonly whiten: Call;
  readonly inwards: Call;
  readonly outwards: Call;
  readonly curvature: Call;
}

/** One graph for all shapes, kept for the life of the process: it holds no values. */
let compiled: Compiled | undefined;

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
  const factors = (type: SumPrecision) => graph.placeholder(type, [-1, -1], "factors");
  const cast = {
    float32: rows,
    float64: graph.add("Cast", { inputs: [rows], attributes: { DstT: { type: "float64" } } }),
  };
  const directions = factors("float32");

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
  const turned = multiply(rows, directions, { transpose: "b" });
  const mean = graph.add("Sum", {
    inputs: [add("Mul", probabilities, turned), graph.integers([1])],
    attributes: { keep_dims: true },
  });
  const bent = add(
    "Sub",
    add("Mul", weightedProbabilities, add("Sub", turned, mean)),
    add("Mul", bends, turned),
  );
  const curvature = add("AddV2", multiply(bent, rows, { transpose: "a" }), directions);

  const products = (kind: string, product: (values: Output, precision: SumPrecision) => Output) => {
    const call = (precision: SumPrecision) => {
      const values = factors(precision);
      return { name: kind, feeds: [rows, values], fetches: [product(values, precision)] };
    };
    return { float32: call("float32"), float64: call("float64") };
  };
  const scores = products("the scores", (weights, precision) => multiply(cast[precision], weights, { transpose: "b" }));
  const slopes = products("the slopes", (values, precision) => multiply(values, cast[precision], { transpose: "a" }));
  const inwards = multiply(directions, factor, { transpose: "b" });
  const outwards = multiply(directions, factor);

  const session = new Session(graph);
  const both = (calls: ReturnType<typeof products>) => ({
    float32: session.call(calls.float32),
    float64: session.call(calls.float64),
  });
  return {
    scores: both(scores),
    slopes: both(slopes),
    whiten: session.call({
      name: "the whitening",
      feeds: [rows, bends, penalties],
      fetches: [inverse, whitened, missing],
    }),
    inwards: session.call({ name: "the way inwards", feeds: [factor, directions], fetches: [inwards] }),
    outwards: session.call({ name: "the way outwards", feeds: [factor, directions], fetches: [outwards] }),
    curvature: session.call({
      name: "the curvature",
      feeds: [rows, bends, probabilities, weightedProbabilities, directions],
      fetches: [curvature],
    }),
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
