import { checkShare, type StreamSampler, streamSampler } from "./stream_sampler.ts";

/** What {@linkcode quantileThreshold} asks about. */
export interface QuantileThresholdOptions {
  /** Share of the stream to ask about, 0…1. */
  readonly share: number;
  /** Latest utilities to take the quantile of (default 100). */
  readonly window?: number;
  /** Items within which a surplus or shortfall of labels is to be made good (default 50); Infinity: never. */
  readonly tolerance?: number;
}

/**
 * Asks about what is among the `share` most useful items of late: utility ≥ θ, the (1 − share) quantile of the last
 * `window` utilities, this one included, interpolated as NumPy does. What was asked too little or too much so far moves
 * the threshold: θ − (max − min)·(share·seen − asked)/tolerance.
 *
 * Kottke, Krempl and Spiliopoulou (2015), Probabilistic active learning in datastreams, IDA: the balanced incremental
 * quantile filter; scikit-activeml's `BalancedIncrementalQuantileFilter` agrees. O(window·ln window) time an item.
 *
 * @throws {RangeError} if `share` is not in 0…1, `window` is not an integer ≥ 1, or `tolerance` is not positive
 */
export function quantileThreshold(options: QuantileThresholdOptions): StreamSampler {
  const { share, window = 100, tolerance = 50 } = options;
  checkShare(share);
  if (!Number.isInteger(window) || window < 1) {
    throw new RangeError(`Cannot sample a stream: the window must be an integer ≥ 1: current value is ${window}`);
  }
  if (!(tolerance > 0)) {
    throw new RangeError(`Cannot sample a stream: the tolerance must be positive: current value is ${tolerance}`);
  }
  const latest: number[] = [];
  return streamSampler({
    name: "quantileThreshold",
    reference: "Kottke, Krempl and Spiliopoulou (2015), Probabilistic active learning in datastreams, IDA",
    judge(utility, { seen, asked }) {
      latest.push(utility);
      if (latest.length > window) latest.shift();
      const sorted = Float64Array.from(latest).sort();
      const range = sorted[sorted.length - 1] - sorted[0];
      const due = share * (seen + 1) - asked;
      const threshold = quantile(sorted, 1 - share) - range * (due / tolerance);
      return { threshold, wanted: utility >= threshold };
    },
  });
}

function quantile(sorted: Float64Array, level: number): number {
  const place = level * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
