import type { Random } from "../runtime/random.ts";
import { checkShare, type StreamSampler, streamSampler } from "./stream_sampler.ts";

/** What {@linkcode variableUncertainty} asks about. */
export interface VariableUncertaintyOptions {
  /** Most labels that may be bought, as a share of the stream, 0…1. */
  readonly budget: number;
  /** How much the threshold gives way after each item (default 0.01). */
  readonly step?: number;
  /** Items over which spending is estimated (default 100). */
  readonly window?: number;
  /** Threshold on the confidence to begin with (default 1). */
  readonly start?: number;
  /** Multiplies the threshold by a normal number of mean 1 and deviation 1 at each item, to see all of the space. */
  readonly random?: Random;
}

/**
 * Asks about what the model is unsure of, with a threshold that adapts: a confidence 1 − utility below θ is asked about,
 * and θ shrinks by the factor 1 − step; else θ grows by 1 + step. Nothing is asked, and θ rests, while the estimated
 * spending û/window has reached the budget, where û ← û·(window − 1)/window + [asked]. Utilities are to be in [0, 1]:
 * least confidence, or a normalised measure.
 *
 * Žliobaitė, Bifet, Pfahringer and Holmes (2014), Active learning with drifting streaming data, IEEE TNNLS 25(1),
 * algorithm 4 ("VarUncertainty") and eq. 6; with `random`, algorithm 5 ("RandVarUncertainty", δ = 1).
 * scikit-activeml's budget managers agree. `threshold` is on the utility: 1 − θ. O(1) time and memory an item.
 *
 * @throws {RangeError} if `budget` is not in 0…1, `step` is not in (0, 1), or `window` is not an integer ≥ 1
 */
export function variableUncertainty(options: VariableUncertaintyOptions): StreamSampler {
  const { budget, step = 0.01, window = 100, start = 1, random } = options;
  checkShare(budget);
  if (!(step > 0 && step < 1)) {
    throw new RangeError(`Cannot sample a stream: the step must be between 0 and 1: current value is ${step}`);
  }
  if (!Number.isInteger(window) || window < 1) {
    throw new RangeError(`Cannot sample a stream: the window must be an integer ≥ 1: current value is ${window}`);
  }
  let confidence = start;
  let spent = 0;
  return streamSampler({
    name: random ? "randomVariableUncertainty" : "variableUncertainty",
    reference: "Žliobaitė et al. (2014), Active learning with drifting streaming data, IEEE TNNLS",
    judge(utility) {
      const limit = random ? confidence * (1 + random.normal()) : confidence;
      const affordable = spent / window < budget;
      const wanted = affordable && 1 - utility < limit;
      if (affordable) confidence *= wanted ? 1 - step : 1 + step;
      spent = spent * (window - 1) / window + (wanted ? 1 : 0);
      return { threshold: 1 - limit, wanted };
    },
  });
}
