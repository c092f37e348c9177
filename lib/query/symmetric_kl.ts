import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { multiplyRowsNearly } from "./multiply_rows.ts";
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
  const scale = Float64Array.from({ length: count }, (_, item) => {
    let total = 0;
    for (const value of rows.row(item)) total += Math.max(value, floor);
    return 1 / total;
  });
  const base = new Float64Array(count);
  let smallest = 1;
  for (let item = 0; item < count; item++) {
    for (const value of rows.row(item)) {
      const probability = Math.max(value, floor) * scale[item];
      base[item] += probability * Math.log(probability);
      smallest = Math.min(smallest, probability);
    }
  }

  function block(items: Int32Array, logarithmsFirst: boolean): Matrix {
    const data = new Float32Array(items.length * 2 * columns);
    const [ofProbabilities, ofLogarithms] = logarithmsFirst ? [columns, 0] : [0, columns];
    items.forEach((item, place) => {
      const start = place * 2 * columns;
      rows.row(item).forEach((value, column) => {
        const probability = Math.max(value, floor) * scale[item];
        data[start + ofProbabilities + column] = probability;
        data[start + ofLogarithms + column] = Math.log(probability);
      });
    });
    return { rows: items.length, columns: 2 * columns, data };
  }

  // Σ |left · right| ≤ ‖p‖₁ ‖ln q‖∞ + ‖ln p‖∞ ‖q‖₁, far below what the Euclidean norms allow when there are many
  // classes.
  return {
    count,
    base,
    factor: 1,
    norm: new Float64Array(count).fill(Math.sqrt(-2 * Math.log(smallest))),
    terms: 2 * columns,
    value(i, j) {
      const p = rows.row(i);
      const q = rows.row(j);
      let total = 0;
      for (let column = 0; column < columns; column++) {
        const ofP = Math.max(p[column], floor) * scale[i];
        const ofQ = Math.max(q[column], floor) * scale[j];
        total += (ofP - ofQ) * (Math.log(ofP) - Math.log(ofQ));
      }
      return total;
    },
    products: (lefts, rights) => multiplyRowsNearly(block(lefts, false), block(rights, true)),
  };
}
