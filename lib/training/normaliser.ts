import type { Normalization } from "../data/channel_statistics.ts";

/**
 * Turns bytes into what a network sees: (byte / 255 − mean) / deviation, per channel, through a table of the 256
 * values.
 *
 * @returns a function of `[count, height, width, channels]` bytes; its numbers are new
 */
export function normaliser({ mean, deviation }: Normalization): (images: Uint8Array) => Float32Array {
  const channels = mean.length;
  const table = Float32Array.from(
    { length: 256 * channels },
    (_, place) => (Math.floor(place / channels) / 255 - mean[place % channels]) / deviation[place % channels],
  );
  return (images) => {
    const pixels = new Float32Array(images.length);
    if (channels === 1) {
      for (let place = 0; place < images.length; place++) pixels[place] = table[images[place]];
    } else {
      for (let place = 0, channel = 0; place < images.length; place++) {
        pixels[place] = table[images[place] * channels + channel];
        if (++channel === channels) channel = 0;
      }
    }
    return pixels;
  };
}
