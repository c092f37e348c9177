import { type StreamSampler, streamSampler } from "./stream_sampler.ts";

/** What {@linkcode fixedThreshold} asks about. */
export interface FixedThresholdOptions {
  /** Utilities of at least this are asked about. */
  readonly threshold: number;
}

/**
 * Asks about every item whose utility is at least a fixed threshold. Simple, and blind to drift: as the model grows
 * surer it may ask about nothing, or about everything. O(1) time and memory an item.
 *
 * Žliobaitė, Bifet, Pfahringer and Holmes (2014), Active learning with drifting streaming data, IEEE TNNLS 25(1),
 * algorithm 3, where the confidence 1 − utility must be below θ: here utility ≥ 1 − θ.
 *
 * @throws {RangeError} if the threshold is NaN
 */
export function fixedThreshold({ threshold }: FixedThresholdOptions): StreamSampler {
  if (Number.isNaN(threshold)) {
    throw new RangeError("Cannot sample a stream: the threshold must be a number: current value is NaN");
  }
  return streamSampler({
    name: "fixedThreshold",
    reference: "Žliobaitė et al. (2014), Active learning with drifting streaming data, IEEE TNNLS",
    judge: (utility) => ({ threshold, wanted: utility >= threshold }),
  });
}
