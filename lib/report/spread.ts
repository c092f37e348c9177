import { momentsOf, studentT } from "./statistics/student_t.ts";

/**
 * How far values lie around their mean: `interval`, the 95 % interval of the mean (Student's t); `deviation`, one
 * standard deviation to each side; `range`, from the lowest to the highest.
 */
export type Spread = "interval" | "deviation" | "range";

/** The mean of `values` and the ends of their spread; all three are alike where there is one value. */
export function spreadOf(
  values: readonly number[],
  spread: Spread,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const { mean, deviation } = momentsOf(values);
  if (spread === "range") return { mean, low: Math.min(...values), high: Math.max(...values) };
  if (values.length < 2) return { mean, low: mean, high: mean };
  const error = deviation / Math.sqrt(values.length);
  const reach = spread === "deviation" ? deviation : studentT(0.975, values.length - 1) * error;
  return { mean, low: mean - reach, high: mean + reach };
}
