import type { Graph, Output } from "./graph.ts";
import type { Precision } from "./lowering.ts";

/** What pixels are shifted and divided by, per channel, for pixels scaled to 0…1. */
export interface PixelStatistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Bytes as a network sees them: (byte / 255 − mean) / deviation, per channel, in the network's precision. */
export function normalised(graph: Graph, bytes: Output, options: NormalisedOptions): Output {
  const { statistics: { mean, deviation }, precision = "float32" } = options;
  const [, height, width, channels] = graph.shapeOf(bytes);
  // A whole row at a time: TensorFlow takes five times as long to stretch three numbers over all pixels.
  const perChannel = (values: readonly number[]) =>
    graph.constant(new Array<readonly number[]>(width).fill(values).flat(), [width * channels]);
  const shaped = (value: Output, sizes: readonly number[]) =>
    graph.add("Reshape", { inputs: [value, graph.integers([-1, ...sizes])] });
  return graph.inScope("normalise", () => {
    const rows = shaped(bytes, [height, width * channels]);
    const pixels = graph.add("Cast", { inputs: [rows], attributes: { DstT: { type: "float32" } } });
    const scaled = graph.add("Mul", { inputs: [pixels, perChannel(deviation.map((value) => 1 / (255 * value)))] });
    const offset = perChannel(mean.map((value, channel) => value / deviation[channel]));
    const shifted = shaped(graph.add("Sub", { inputs: [scaled, offset] }), [height, width, channels]);
    if (precision === "float32") return shifted;
    return graph.add("Cast", { inputs: [shifted], attributes: { DstT: { type: precision } } });
  });
}

/** Options of {@linkcode normalised}. */
export interface NormalisedOptions {
  readonly statistics: PixelStatistics;
  /** Default `"float32"`. */
  readonly precision?: Precision;
}
