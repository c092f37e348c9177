import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { multiplyRowsNearly } from "./multiply_rows.ts";
import { stackedRows } from "./stacked_rows.ts";

/**
 * Jensen–Shannon divergence H((p + q)/2) − (H(p) + H(q))/2, in nats, in [0, ln 2] (Lin, 1991), between the rows of
 * `matrices`, numbered as if they stood under each other, each divided by its sum. It needs no floor. Its square root
 * is a metric.
 *
 * Bounded from below by the squared Hellinger distance, JS ≥ ln 2 · (1 − ⟨√p, √q⟩), which is an inner product; the two
 * agree where p and q share no class.
 *
 * Rows must be finite, ≥ 0, with a sum above 0.
 */
export function jensenShannon(...matrices: readonly Matrix[]): Dissimilarity {
  const rows = stackedRows(...matrices);
  const { columns, count } = rows;
  const scale = Float64Array.from({ length: count }, (_, item) => 1 / rows.row(item).reduce((sum, p) => sum + p, 0));

  function roots(items: Int32Array): Matrix {
    const data = new Float32Array(items.length * columns);
    items.forEach((item, place) =>
      rows.row(item).forEach((value, column) => data[place * columns + column] = Math.sqrt(value * scale[item]))
    );
    return { rows: items.length, columns, data };
  }

  return {
    count,
    base: new Float64Array(count).fill(Math.LN2 / 2),
    factor: Math.LN2,
    norm: new Float64Array(count).fill(1),
    terms: columns,
    value(i, j) {
      const first = rows.row(i);
      const second = rows.row(j);
      let total = 0;
      for (let column = 0; column < columns; column++) {
        const p = first[column] * scale[i];
        const q = second[column] * scale[j];
        const middle = (p + q) / 2;
        total += (p > 0 ? p * Math.log(p / middle) : 0) + (q > 0 ? q * Math.log(q / middle) : 0);
      }
      return Math.max(0, total / 2);
    },
    products: (lefts, rights) => multiplyRowsNearly(roots(lefts), roots(rights)),
  };
}
