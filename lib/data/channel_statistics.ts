import type { Random } from "../runtime/random.ts";
import type { Dataset } from "./dataset.ts";

/** What pixels are shifted and divided by before a network sees them: per channel, for pixels scaled to 0…1. */
export interface Normalization {
  readonly mean: readonly number[];
  /** Standard deviation over the pixels; 1 for a channel that is constant, so that it is safe to divide by. */
  readonly deviation: readonly number[];
}

/** What {@linkcode channelStatistics} looks at. */
export interface ChannelStatisticsOptions {
  /** How many images to look at; all when left out. */
  readonly sample?: number;
  /** Draws the sample; the first `sample` images are taken when left out. */
  readonly random?: Random;
}

/** Images read at once, so that a folder of large photos does not fill the memory. */
const batchSize = 256;

/**
 * Mean and standard deviation of every colour channel, over all pixels of all images (or of a sample), scaled to 0…1:
 * μ = Σx / 255n and σ² = Σ(x/255 − μ)² / n.
 *
 * Bytes are counted, not summed, so the result does not depend on the order of the images, to the last bit.
 *
 * @throws {RangeError} if there is no image to look at, or `sample` is larger than the dataset
 *
 * @example
 * ```ts
 * import { channelStatistics, memoryImages } from "curio";
 * import assert from "node:assert/strict";
 *
 * const images = memoryImages(Uint8Array.of(0, 255), { height: 1, width: 1, channels: 1 });
 * assert.deepEqual(await channelStatistics({ images }), { mean: [0.5], deviation: [0.5] });
 * ```
 */
export async function channelStatistics(
  { images }: Pick<Dataset, "images">,
  { sample = images.count, random }: ChannelStatisticsOptions = {},
): Promise<Normalization> {
  if (!Number.isInteger(sample) || sample < 1 || sample > images.count) {
    throw new RangeError(
      `Cannot measure channels: the sample must be an integer in 1…${images.count}: current value is ${sample}`,
    );
  }
  const indices = random
    ? random.sample(images.count, sample).sort()
    : Int32Array.from({ length: sample }, (_, index) => index);
  const { channels } = images.shape;
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let start = 0; start < sample; start += batchSize) {
    const bytes = await images.read(indices.subarray(start, start + batchSize));
    counts.forEach((count, channel) => {
      for (let place = channel; place < bytes.length; place += channels) count[bytes[place]]++;
    });
  }
  const statistics = counts.map(meanAndDeviation);
  return { mean: statistics.map(({ mean }) => mean), deviation: statistics.map(({ deviation }) => deviation) };
}

function meanAndDeviation(counts: Float64Array): { mean: number; deviation: number } {
  const pixels = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / pixels;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / pixels;
  return { mean: mean / 255, deviation: variance === 0 ? 1 : Math.sqrt(variance) / 255 };
}
