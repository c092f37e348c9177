import type { Pixels } from "./decode_photo.ts";
import type { Interpolation } from "./resize_options.ts";

/** One direction of {@linkcode resample}: the whole length is resized, and a window of it computed. */
export interface ResampleWindow {
  /** How long the whole side becomes, in pixels. */
  readonly size: number;
  /** Where the window begins in it. */
  readonly start: number;
  readonly length: number;
}

/** What {@linkcode resample} makes. */
export interface ResampleOptions {
  readonly horizontal: ResampleWindow;
  readonly vertical: ResampleWindow;
  readonly interpolation: Interpolation;
}

/** Weights are integers, scaled by this: the largest that 8 bits of pixel and 2 of headroom leave of 32. */
const precision = 2 ** 22;

const filters: Record<Interpolation, { readonly support: number; readonly weight: (distance: number) => number }> = {
  bilinear: { support: 1, weight: (x) => x < 1 ? 1 - x : 0 },
  // Keys' cubic convolution with a = −0.5
  bicubic: {
    support: 2,
    weight: (x) => x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0,
  },
  lanczos: { support: 3, weight: (x) => x < 3 ? sinc(x) * sinc(x / 3) : 0 },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/**
 * Resizes an RGB image as Pillow's `Image.resize` does, byte for byte, and gives a window of the result: first along the
 * rows, then along the columns, each time a weighted mean over the filter's support, which is widened by the factor of
 * reduction (antialiasing), with integer weights and rounding to bytes in between. libvips' kernels place their samples
 * otherwise and differ by up to 140 of 255.
 *
 * @returns `[vertical.length, horizontal.length, 3]`
 */
export function resample(
  { data, width, height }: Pixels,
  { horizontal, vertical, interpolation }: ResampleOptions,
): Uint8Array {
  const columns = weightsOf(width, horizontal, interpolation);
  const rows = weightsOf(height, vertical, interpolation);
  const top = rows.first[0];
  const bottom = rows.first[vertical.length - 1] + rows.count[vertical.length - 1];
  const between = new Uint8Array((bottom - top) * horizontal.length * 3);
  for (let y = top, to = 0; y < bottom; y++) {
    for (let x = 0; x < horizontal.length; x++, to += 3) {
      let red = precision / 2, green = red, blue = red;
      let from = (y * width + columns.first[x]) * 3;
      for (let tap = x * columns.taps, end = tap + columns.count[x]; tap < end; tap++, from += 3) {
        const weight = columns.weights[tap];
        red += data[from] * weight;
        green += data[from + 1] * weight;
        blue += data[from + 2] * weight;
      }
      between[to] = toByte(red);
      between[to + 1] = toByte(green);
      between[to + 2] = toByte(blue);
    }
  }
  const stride = horizontal.length * 3;
  const result = new Uint8Array(vertical.length * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < vertical.length; y++) {
    sums.fill(precision / 2);
    for (let tap = 0, from = (rows.first[y] - top) * stride; tap < rows.count[y]; tap++) {
      const weight = rows.weights[y * rows.taps + tap];
      for (let x = 0; x < stride; x++, from++) sums[x] += between[from] * weight;
    }
    for (let x = 0, to = y * stride; x < stride; x++, to++) result[to] = toByte(sums[x]);
  }
  return result;
}

function toByte(sum: number): number {
  const value = sum >> 22;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

interface Weights {
  /** Room for weights of each output pixel. */
  readonly taps: number;
  /** `[length, taps]` */
  readonly weights: Int32Array;
  /** Of each output pixel: the first input pixel that counts, and how many do. */
  readonly first: Int32Array;
  readonly count: Int32Array;
}

function weightsOf(inputSize: number, { size, start, length }: ResampleWindow, interpolation: Interpolation): Weights {
  const first = Int32Array.from({ length }, (_, place) => start + place);
  // Pillow leaves a side alone that keeps its length.
  if (size === inputSize) {
    return { taps: 1, weights: new Int32Array(length).fill(precision), first, count: new Int32Array(length).fill(1) };
  }
  const { support, weight } = filters[interpolation];
  const scale = inputSize / size;
  const widening = Math.max(scale, 1);
  const reach = support * widening;
  const taps = Math.ceil(reach) * 2 + 1;
  const weights = new Int32Array(length * taps);
  const count = new Int32Array(length);
  const exact = new Float64Array(taps);
  for (let place = 0; place < length; place++) {
    const centre = (start + place + 0.5) * scale;
    first[place] = Math.max(0, Math.trunc(centre - reach + 0.5));
    count[place] = Math.min(inputSize, Math.trunc(centre + reach + 0.5)) - first[place];
    let total = 0;
    for (let tap = 0; tap < count[place]; tap++) {
      exact[tap] = weight(Math.abs((first[place] + tap - centre + 0.5) / widening));
      total += exact[tap];
    }
    for (let tap = 0; tap < count[place]; tap++) {
      const scaled = exact[tap] / total * precision;
      weights[place * taps + tap] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    }
  }
  return { taps, weights, first, count };
}
