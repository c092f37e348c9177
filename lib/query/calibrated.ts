import type { Matrix } from "../runtime/matrix.ts";
import { entropySampling } from "./entropy.ts";
import { leastConfidenceSampling, type NormalisedOptions } from "./least_confidence.ts";
import { marginSampling } from "./margin.ts";
import type { PoolView } from "./pool_view.ts";
import type { QueryStrategy } from "./query_strategy.ts";
import { fitTemperature, temperatureScale } from "./temperature.ts";

/** Where the temperature comes from. */
export interface CalibrationOptions {
  /**
   * As {@linkcode fitTemperature} gives it for held-out images. Left out, it is fitted each round to the labelled items
   * and the probabilities that the view has for them; that costs no held-out label, but a model that was trained on
   * these items to the end looks surer on them than it is elsewhere. With nothing labelled it is 1.
   */
  readonly temperature?: number;
}

/**
 * The same strategy on temperature-scaled probabilities: Guo et al. (2017), On calibration of modern neural networks.
 *
 * With two classes a temperature changes no order of least confidence, margin or entropy; with more it does. Votes do
 * not change at any temperature, so vote entropy and variation ratio are their own calibrated versions.
 */
export function calibrated(strategy: QueryStrategy, options: CalibrationOptions = {}): QueryStrategy {
  const { temperature } = options;
  return {
    ...strategy,
    name: `calibrated${strategy.name[0].toUpperCase()}${strategy.name.slice(1)}`,
    needs: temperature === undefined ? [...strategy.needs, "labelledProbabilities"] : strategy.needs,
    reference: `${strategy.reference}; Guo et al. (2017), On calibration of modern neural networks, ICML`,
    options: { ...strategy.options, temperature: temperature ?? "fitted" },
    select: async (view, k, random) =>
      await strategy.select(tempered(view, temperature ?? await labelledTemperature(view)), k, random),
  };
}

/** {@linkcode leastConfidenceSampling}, {@linkcode calibrated}. */
export function calibratedLeastConfidence(options: CalibrationOptions & NormalisedOptions = {}): QueryStrategy {
  const { temperature, ...rest } = options;
  return calibrated(leastConfidenceSampling(rest), { temperature });
}

/** {@linkcode marginSampling}, {@linkcode calibrated}. */
export function calibratedMargin(options: CalibrationOptions = {}): QueryStrategy {
  return calibrated(marginSampling(), options);
}

/** {@linkcode entropySampling}, {@linkcode calibrated}. */
export function calibratedEntropy(options: CalibrationOptions & NormalisedOptions = {}): QueryStrategy {
  const { temperature, ...rest } = options;
  return calibrated(entropySampling(rest), { temperature });
}

async function labelledTemperature(view: PoolView): Promise<number> {
  if (view.labelled.length === 0) return 1;
  const { rows, columns, data } = await view.labelledProbabilities();
  // A probability that float32 rounded to nothing was a small one, not none.
  const logits = data.map((probability) => Math.log(Math.max(probability, smallestFloat32)));
  return fitTemperature({ rows, columns, data: logits }, view.labels);
}

const smallestFloat32 = 2 ** -126;

function tempered(view: PoolView, temperature: number): PoolView {
  let scaled: Promise<Matrix> | undefined;
  return {
    ...view,
    probabilities: () => scaled ??= view.logits().then((logits) => temperatureScale(logits, temperature)),
    restrictedTo: (ids) => tempered(view.restrictedTo(ids), temperature),
  };
}
