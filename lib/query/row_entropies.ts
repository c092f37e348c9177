import type { Matrix } from "../runtime/matrix.ts";

/**
 * −Σ p ln p of each row, summed in float64.
 *
 * The logarithm is read off the float32's own bits: exponent e and the top ten bits of the mantissa name a point c with
 * a known logarithm, and ln x = e ln 2 + ln c + ln(1 + q) with 0 ≤ q < 2⁻¹⁰, of which three terms leave less than 3e-13.
 * Several times as fast as `Math.log`, exact at 1, and 0 at zero.
 */
export function rowEntropies({ rows, columns, data }: Matrix): Float64Array {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  const result = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let sum = 0;
    for (const end = at + columns; at < end; at++) {
      const word = bits[at];
      const value = data[at];
      const exponent = word >>> 23;
      const cell = (word >>> 13) & (cells - 1);
      const rest = value * powers[exponent] * reciprocals[cell] - 1;
      sum += value * (exponentLogarithms[exponent] + cellLogarithms[cell] + rest * (1 - rest * (0.5 - rest / 3)));
    }
    result[row] = 0 - sum;
  }
  return result;
}

const cells = 1024;
const cellStarts = Float64Array.from({ length: cells }, (_, cell) => 1 + cell / cells);
const reciprocals = cellStarts.map((start) => 1 / start);
const cellLogarithms = cellStarts.map((start) => Math.log(start));

/** By sign and exponent, 2^−e: what brings a number into [1, 2). Zeros count for nothing; negatives and NaN are NaN. */
const powers = new Float64Array(512).fill(NaN);
const exponentLogarithms = new Float64Array(512).fill(NaN);
const bias = 127;
const negative = 256;
for (let exponent = 1; exponent < 255; exponent++) {
  powers[exponent] = 2 ** (bias - exponent);
  exponentLogarithms[exponent] = (exponent - bias) * Math.LN2;
}
for (const zero of [0, negative]) powers[zero] = exponentLogarithms[zero] = 0;
