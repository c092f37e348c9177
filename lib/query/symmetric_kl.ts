import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { multiplyRows } from "./multiply_rows.ts";
import { stackedRows } from "./stacked_rows.ts";

/**
 * Symmetric Kullback–Leibler divergence J(p, q) = KL(p‖q) + KL(q‖p) = Σ (p − q)(ln p − ln q), in nats (Jeffreys, 1946;
 * Kullback and Leibler, 1951), between the rows of `matrices`, numbered as if they stood under each other.
 * Probabilities below `floor` count as `floor`, and rows are divided by their sums after that: the largest possible
 * value is about 2 ln(1 ÷ floor).
 *
 * With H(p) = −Σ p ln p it is −H(p) − H(q) − ⟨p, ln q⟩ − ⟨ln p, q⟩: an inner product of 2C terms.
 *
 * Rows must be finite, ≥ 0, with a sum above 0.
 */
export function symmetricKL(floor: number, ...matrices: readonly Matrix[]): Dissimilarity {
  const rows = stackedRows(...matrices);
  const { columns, count } = rows;
  const scale = new Float64Array(count);
  const logarithms = new Float64Array(count * columns);
  const base = new Float64Array(count);
  for (let item = 0; item < count; item++) {
    let total = 0;
    for (const value of rows.row(item)) total += Math.max(value, floor);
    scale[item] = 1 / total;
    rows.row(item).forEach((value, column) => {
      const probability = Math.max(value, floor) / total;
      logarithms[item * columns + column] = Math.log(probability);
      base[item] += probability * Math.log(probability);
    });
  }

  function block(items: Int32Array, logarithmsFirst: boolean): Matrix {
    const data = new Float32Array(items.length * 2 * columns);
    const [ofProbabilities, ofLogarithms] = logarithmsFirst ? [columns, 0] : [0, columns];
    items.forEach((item, place) => {
      const start = place * 2 * columns;
      rows.row(item).forEach((value, column) => {
        data[start + ofProbabilities + column] = Math.max(value, floor) * scale[item];
        data[start + ofLogarithms + column] = logarithms[item * columns + column];
      });
    });
    return { rows: items.length, columns: 2 * columns, data };
  }

  // Σ |left · right| ≤ ‖p‖₁ ‖ln q‖∞ + ‖ln p‖∞ ‖q‖₁, far below what the Euclidean norms allow when there are many
  // classes.
  const largest = logarithms.reduce((highest, value) => Math.max(highest, -value), 0);
  return {
    count,
    base,
    factor: 1,
    norm: new Float64Array(count).fill(Math.sqrt(2 * largest)),
    terms: 2 * columns,
    value(i, j) {
      const p = rows.row(i);
      const q = rows.row(j);
      let total = 0;
      for (let column = 0; column < columns; column++) {
        const difference = Math.max(p[column], floor) * scale[i] - Math.max(q[column], floor) * scale[j];
        total += difference * (logarithms[i * columns + column] - logarithms[j * columns + column]);
      }
      return total;
    },
    products: (lefts, rights) => multiplyRows(block(lefts, false), block(rights, true)),
  };
}
