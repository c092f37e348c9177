import tQuantile from "@stdlib/stats-base-dists-t-quantile";

/** The value below which Student's t with so many degrees of freedom lies with this probability. */
export function studentT(probability: number, freedom: number): number {
  return tQuantile(probability, freedom);
}

/** Mean and standard deviation (n − 1 below the line; NaN for one value). */
export function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1)) };
}
