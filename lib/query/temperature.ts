import type { Matrix } from "../runtime/matrix.ts";
import { softmaxRows } from "../training/softmax_rows.ts";

/**
 * Softmax of logits divided by a temperature, softmax(z / T): T > 1 makes a model less sure of itself, T < 1 surer; the
 * order of the classes stays. O(n·C) time.
 *
 * Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML, eq. 9.
 *
 * @param logits `[items, classes]`
 * @returns probabilities `[items, classes]`
 * @throws {RangeError} if the temperature is not a positive finite number
 */
export function temperatureScale(logits: Matrix, temperature: number): Matrix {
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new RangeError(
      `Cannot scale logits: the temperature must be a positive finite number: current value is ${temperature}`,
    );
  }
  return softmaxRows({ ...logits, data: logits.data.map((logit) => logit / temperature) });
}

/**
 * The temperature at which held-out logits have the least mean negative log-likelihood: Guo et al. (2017), section 4.2.
 *
 * The loss is convex in b = 1/T and its slope is Σᵢ (E[zᵢ] − zᵢ[yᵢ]), the expectation under softmax(b zᵢ); its zero is
 * found by bisection on ln T in [`lowest`, `highest`] = [0.01, 100], to a relative 1e-9. Where every row is right the
 * best temperature is the lowest, and where it is no better than chance the highest. About 40 passes of O(n·C) time.
 *
 * @param logits `[items, classes]`, of items that the model was not trained on
 * @param labels their classes
 * @throws {RangeError} if there are no items, or not one label for each
 *
 * @example
 * ```ts
 * import { fitTemperature, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * // Always sure with odds of 16 to 1, right only three times in four, odds of 3 to 1: T = ln 16 / ln 3.
 * const logits = matrix(Array(4).fill([Math.log(16), 0]));
 * assert.ok(Math.abs(fitTemperature(logits, [0, 0, 0, 1]) - Math.log(16) / Math.log(3)) < 1e-5);
 * ```
 */
export function fitTemperature(logits: Matrix, labels: ArrayLike<number>): number {
  const { rows } = logits;
  if (rows === 0 || labels.length !== rows) {
    throw new RangeError(
      `Cannot fit a temperature: there must be one label for each of at least one row: ` +
        `current value is ${labels.length} labels for ${rows} rows`,
    );
  }
  let low = Math.log(lowest);
  let high = Math.log(highest);
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    // Too sure at this temperature: the expected logit exceeds the true class's, so the zero lies at a higher one.
    if (slope(logits, { labels, inverse: Math.exp(-middle) }) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

const lowest = 0.01;
const highest = 100;

interface SlopeOptions {
  readonly labels: ArrayLike<number>;
  readonly inverse: number;
}

function slope({ rows, columns, data }: Matrix, { labels, inverse }: SlopeOptions): number {
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let largest = -Infinity;
    for (let at = start; at < start + columns; at++) largest = Math.max(largest, data[at]);
    let weight = 0;
    let weighted = 0;
    for (let at = start; at < start + columns; at++) {
      const power = Math.exp((data[at] - largest) * inverse);
      // A class that is ruled out (logit −∞) has no part in the expectation.
      if (power === 0) continue;
      weight += power;
      weighted += power * data[at];
    }
    total += weighted / weight - data[start + labels[row]];
  }
  return total;
}
