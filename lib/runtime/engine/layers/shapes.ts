import { z } from "zod";
import type { Lowering } from "../lowering.ts";
import { channelsLast, pair } from "./config.ts";

const margins = z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]);

const zeroPadding: Lowering = ({ add, config, graph }, [x]) => {
  const { padding: [[top, bottom], [left, right]] } = config(z.object({ padding: margins, dataFormat: channelsLast }));
  const amounts = add("Reshape", [graph.integers([0, 0, top, bottom, left, right, 0, 0]), graph.integers([4, 2])]);
  return add("Pad", [x, amounts]);
};

const channelPadding: Lowering = ({ add, config, graph, sizesOf }, [x]) => {
  const { padding } = config(z.object({ padding: z.tuple([z.number(), z.number()]) }));
  const rank = sizesOf(x).length + 1;
  const amounts = [...new Array(2 * (rank - 1)).fill(0), ...padding];
  return add("Pad", [x, add("Reshape", [graph.integers(amounts), graph.integers([rank, 2])])]);
};

const cropping: Lowering = ({ add, config, graph, sizesOf }, [x]) => {
  const { cropping: [[top, bottom], [left, right]] } = config(
    z.object({ cropping: margins, dataFormat: channelsLast }),
  );
  const [height, width, channels] = sizesOf(x);
  return add("Slice", [
    x,
    graph.integers([0, top, left, 0]),
    graph.integers([-1, height - top - bottom, width - left - right, channels]),
  ]);
};

const upSampling: Lowering = ({ add, cast, config, graph, sizesOf }, [x]) => {
  const { size, interpolation } = config(
    z.object({ size: pair, interpolation: z.enum(["nearest", "bilinear"]), dataFormat: channelsLast }),
  );
  const [height, width] = sizesOf(x);
  const target = graph.integers([height * size[0], width * size[1]]);
  if (interpolation === "nearest") return add("ResizeNearestNeighbor", [x, target]);
  return cast(add("ResizeBilinear", [x, target]));
};

const flatten: Lowering = ({ add, graph, sizesOf }, [x]) =>
  add("Reshape", [x, graph.integers([-1, sizesOf(x).reduce((product, size) => product * size, 1)])]);

/** tfjs's own arithmetic fills in a size that was left open. */
const reshape: Lowering = ({ add, graph, layer, refuse }, [x]) => {
  const sizes = layer.outputShape.slice(1);
  if (!sizes.every((size) => typeof size === "number")) refuse("its output must have one known shape");
  return add("Reshape", [x, graph.integers([-1, ...sizes as number[]])]);
};

const permute: Lowering = ({ add, config, graph }, [x]) =>
  add("Transpose", [x, graph.integers([0, ...config(z.object({ dims: z.array(z.number()) })).dims])]);

const repeatVector: Lowering = ({ add, config, graph }, [x]) => {
  const { n } = config(z.object({ n: z.number() }));
  return add("Tile", [add("ExpandDims", [x, graph.integers(1)]), graph.integers([1, n, 1])]);
};

const channelMap: Lowering = ({ add, cast, config, graph, sizesOf }, [x]) => {
  const numbers = z.array(z.number());
  const { sources, scale, offset } = config(z.object({ sources: numbers, scale: numbers, offset: numbers }));
  const perChannel = (values: number[]) => cast(graph.constant(values, [values.length]));
  const channels = add("GatherV2", [x, graph.integers(sources), graph.integers(sizesOf(x).length)]);
  return add("AddV2", [add("Mul", [channels, perChannel(scale)]), perChannel(offset)]);
};

const rescaling: Lowering = ({ add, config, scalar }, [x]) => {
  const { scale, offset } = config(z.object({ scale: z.number(), offset: z.number() }));
  return add("AddV2", [add("Mul", [x, scalar(scale)]), scalar(offset)]);
};

/** Layers that move numbers about. */
export const shapeLayers: Readonly<Record<string, Lowering>> = {
  ZeroPadding2D: zeroPadding,
  ChannelPadding: channelPadding,
  ChannelMap: channelMap,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
};
