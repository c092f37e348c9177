/**
 * How far values lie around their mean: `interval`, the 95 % interval of the mean (Student's t); `deviation`, one
 * standard deviation to each side; `range`, from the lowest to the highest.
 */
export type Spread = "interval" | "deviation" | "range";

/** Two-sided 95 % points of Student's t with 1 to 30 degrees of freedom. */
const studentT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086],
  ...[2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/**
 * The mean of `values` and the ends of their spread; all three are alike where there is one value.
 *
 * Beyond 30 degrees of freedom the t of 30 is taken, which is wider than needed by 4 % at most.
 */
export function spreadOf(
  values: readonly number[],
  spread: Spread,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (spread === "range") return { mean, low: Math.min(...values), high: Math.max(...values) };
  if (count < 2) return { mean, low: mean, high: mean };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const freedom = Math.min(count - 1, studentT.length);
  const reach = spread === "deviation" ? deviation : studentT[freedom - 1] * deviation / Math.sqrt(count);
  return { mean, low: mean - reach, high: mean + reach };
}
