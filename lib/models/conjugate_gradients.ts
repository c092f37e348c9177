import type { LinearSystem, Solution } from "../runtime/engine/compiled_rows.ts";

/**
 * Solves A·x = residual for a symmetric positive matrix A: Nocedal and Wright (2006), Numerical optimization, algorithm
 * 5.2, from x = 0.
 *
 * @param product A times a vector
 */
export async function conjugateGradients(
  product: (vector: Float64Array) => Promise<Float64Array>,
  { residual: start, enough, maxProducts }: LinearSystem,
): Promise<Solution> {
  const residual = start.slice();
  const search = start.slice();
  const solution = new Float64Array(start.length);
  let left = dot(residual, residual);
  let products = 0;
  while (products < maxProducts && left > enough) {
    const bent = await product(search);
    products++;
    const bend = dot(search, bent);
    if (!(bend > 0)) break;
    addScaled(solution, search, left / bend);
    addScaled(residual, bent, -left / bend);
    const before = left;
    left = dot(residual, residual);
    for (let at = 0; at < search.length; at++) search[at] = residual[at] + left / before * search[at];
  }
  return { solution, left, products };
}

/** a·b; four sums at once: one alone waits for itself at every addition. */
export function dot(one: Float64Array, other: Float64Array): number {
  let a = 0, b = 0, c = 0, d = 0;
  let at = 0;
  for (; at + 4 <= one.length; at += 4) {
    a += one[at] * other[at];
    b += one[at + 1] * other[at + 1];
    c += one[at + 2] * other[at + 2];
    d += one[at + 3] * other[at + 3];
  }
  for (; at < one.length; at++) a += one[at] * other[at];
  return a + b + c + d;
}

/** Adds `factor` times the source to the target. */
export function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at] += factor * source[at];
}
