import { type Matrix, type PoolView, poolView, Random } from "curio";

/** What {@linkcode queryPool} makes. */
export interface QueryPoolOptions {
  readonly items: number;
  readonly labelled: number;
  readonly features: number;
  readonly classes: number;
  /**
   * `manifold`: like what a network's last pooling gives: a mixture of one Gaussian for each class, a spectrum that
   * falls as 1/j over 32 directions, ReLU, a little noise. `gaussian`: isotropic, where nothing can be pruned.
   */
  readonly kind: "manifold" | "gaussian";
}

/** A made-up round, the same for every implementation. */
export interface QueryPool {
  readonly embeddings: Matrix;
  readonly labelledEmbeddings: Matrix;
  readonly probabilities: Matrix;
  readonly labelledProbabilities: Matrix;
}

export function queryPool(options: QueryPoolOptions): QueryPool {
  const random = new Random("query pool").child(options.kind);
  const { items, labelled, classes } = options;
  const normal = fastNormal(random.child("numbers"));
  const embed = options.kind === "manifold" ? manifold(options, normal) : gaussian(options, normal);
  return {
    embeddings: embed(items),
    labelledEmbeddings: embed(labelled),
    probabilities: predictions({ rows: items, classes }, normal),
    labelledProbabilities: predictions({ rows: labelled, classes }, normal),
  };
}

/** The pool as strategies see it: labelled items come after the candidates. */
export function viewOf(pool: QueryPool): PoolView {
  const items = pool.embeddings.rows;
  const labelled = pool.labelledEmbeddings.rows;
  return poolView({
    classCount: pool.probabilities.columns,
    labelled: Array.from({ length: labelled }, (_, row) => items + row),
    labels: Array.from({ length: labelled }, (_, row) => row % pool.probabilities.columns),
    ...pool,
  });
}

/** Normal numbers drawn from a table of 65,536: quick enough for half a thousand million of them. */
function fastNormal(random: Random): () => number {
  const table = Float32Array.from({ length: 2 ** 16 }, () => random.normal());
  let state = random.uint32() | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return table[state & 0xffff];
  };
}

function gaussian({ features }: QueryPoolOptions, normal: () => number): (rows: number) => Matrix {
  return (rows) => {
    const data = new Float32Array(rows * features);
    for (let at = 0; at < data.length; at++) data[at] = normal();
    return { rows, columns: features, data };
  };
}

function manifold({ features, classes }: QueryPoolOptions, normal: () => number): (rows: number) => Matrix {
  const directions = 32;
  const basis = new Float32Array(directions * features).map(() => normal() / 6);
  const centres = new Float32Array(classes * features).map(() => normal() / 2);
  return (rows) => {
    const data = new Float32Array(rows * features);
    const point = new Float64Array(features);
    for (let row = 0; row < rows; row++) {
      const centre = (row % classes) * features;
      for (let at = 0; at < features; at++) point[at] = centres[centre + at] + 0.3 + 0.2 * normal();
      for (let direction = 0; direction < directions; direction++) {
        const amount = 2.5 * normal() / Math.sqrt(direction + 1);
        for (let at = 0; at < features; at++) point[at] += amount * basis[direction * features + at];
      }
      for (let at = 0; at < features; at++) data[row * features + at] = Math.max(0, point[at]);
    }
    return { rows, columns: features, data };
  };
}

/** Softmax of normal logits, each row with a temperature of its own: some are sure, some are torn. */
function predictions({ rows, classes }: { rows: number; classes: number }, normal: () => number): Matrix {
  const data = new Float32Array(rows * classes);
  for (let start = 0; start < data.length; start += classes) {
    const sharpness = 1.5 + Math.abs(normal());
    let total = 0;
    for (let at = start; at < start + classes; at++) total += data[at] = Math.exp(sharpness * normal());
    for (let at = start; at < start + classes; at++) data[at] /= total;
  }
  return { rows, columns: classes, data };
}
