import { z } from "zod";
import type { Output } from "../graph.ts";
import type { Lowering, LoweringContext } from "../lowering.ts";
import { activate } from "./activations.ts";
import { activation, channelsLast, padding, pair } from "./config.ts";

const convolutionConfig = z.object({
  strides: pair,
  padding,
  dilationRate: pair,
  dataFormat: channelsLast,
  activation,
});
type ConvolutionConfig = z.infer<typeof convolutionConfig>;

const conv2d: Lowering = (context, [x]) => {
  const config = context.config(convolutionConfig);
  const kernel = scaled(context, context.weight("kernel"));
  return finished(context, convolve(context, x, { kind: "Conv2D", kernel, config }), config.activation);
};

const depthwiseConv2d: Lowering = (context, [x]) => {
  const config = context.config(convolutionConfig);
  const weight = context.weight("depthwise_kernel");
  const [, , channels, multiplier] = context.graph.shapeOf(weight);
  const kernel = scaled(context, weight, [channels, multiplier]);
  const convolved = convolve(context, x, { kind: "DepthwiseConv2dNative", kernel, config });
  return finished(context, convolved, config.activation);
};

const separableConv2d: Lowering = (context, [x]) => {
  const config = context.config(convolutionConfig);
  const depthwise = convolve(context, x, {
    kind: "DepthwiseConv2dNative",
    kernel: context.settled("depthwise_kernel", context.weight("depthwise_kernel")),
    config,
  });
  const pointwise = context.add("Conv2D", [depthwise, scaled(context, context.weight("pointwise_kernel"))], {
    strides: { ints: [1, 1, 1, 1] },
    padding: "VALID",
  });
  return finished(context, pointwise, config.activation);
};

const dense: Lowering = (context, [x]) => {
  const config = context.config(z.object({ activation, units: z.number() }));
  const { add, graph, sizesOf } = context;
  const kernel = scaled(context, context.weight("kernel"));
  const sizes = sizesOf(x);
  const rows = sizes.length === 1 ? x : add("Reshape", [x, graph.integers([-1, sizes[sizes.length - 1]])]);
  const product = add("MatMul", [rows, kernel]);
  const biased = withBias(context, product);
  const shaped = sizes.length === 1
    ? biased
    : add("Reshape", [biased, graph.integers([-1, ...sizes.slice(0, -1), config.units])]);
  return activate(context, shaped, config.activation);
};

interface ConvolveOptions {
  readonly kind: "Conv2D" | "DepthwiseConv2dNative";
  readonly kernel: Output;
  readonly config: ConvolutionConfig;
}

function convolve(context: LoweringContext, x: Output, { kind, kernel, config }: ConvolveOptions): Output {
  const { strides, padding, dilationRate } = config;
  const dilated = dilationRate.some((rate) => rate > 1);
  if (dilated && kind !== "Conv2D") context.refuse("depthwise convolutions must not be dilated");
  // TensorFlow's C++ gradient of Conv2D leaves the dilation out, without a word.
  if (dilated && context.training) return convolveDilated(context, x, { kind, kernel, config });
  return context.add(kind, [x, kernel], {
    strides: { ints: [1, ...strides, 1] },
    dilations: { ints: [1, ...dilationRate, 1] },
    padding,
  });
}

/** A dilated convolution as plain ones on every d-th pixel, whose gradients are right. */
function convolveDilated(context: LoweringContext, x: Output, { kernel, config }: ConvolveOptions): Output {
  const { add, graph, sizesOf } = context;
  const { strides, padding, dilationRate } = config;
  if (strides.some((stride) => stride > 1)) context.refuse("a dilated convolution must not have strides");
  const kernelSize = graph.shapeOf(kernel);
  const margins = dilationRate.map((rate, axis) => {
    const total = padding === "SAME" ? rate * (kernelSize[axis] - 1) : 0;
    const before = Math.floor(total / 2);
    const rest = (sizesOf(x)[axis] + total) % rate;
    return { before, after: total - before, extra: rest === 0 ? 0 : rate - rest };
  });
  const pairs = (values: number[]) => add("Reshape", [graph.integers(values), graph.integers([2, 2])]);
  const block = graph.integers(dilationRate);
  const paddings = pairs(margins.flatMap(({ before, after, extra }) => [before, after + extra]));
  const apart = add("SpaceToBatchND", [x, block, paddings]);
  const convolved = add("Conv2D", [apart, kernel], { strides: { ints: [1, 1, 1, 1] }, padding: "VALID" });
  return add("BatchToSpaceND", [convolved, block, pairs(margins.flatMap(({ extra }) => [0, extra]))]);
}

/** The kernel in the network's precision, with the scale of a folded batch norm, which may need another shape. */
function scaled({ add, settled, graph, fold }: LoweringContext, kernel: Output, shape?: readonly number[]): Output {
  if (!fold) return settled("kernel", kernel);
  const scale = shape ? add("Reshape", [fold.scale, graph.integers(shape)]) : fold.scale;
  return settled("kernel", add("Mul", [kernel, scale]));
}

function finished(context: LoweringContext, x: Output, name: string): Output {
  const biased = withBias(context, x);
  return context.bare ? biased : activate(context, biased, name);
}

function withBias({ add, settled, fold, hasWeight, weight }: LoweringContext, x: Output): Output {
  const bias = hasWeight("bias") ? weight("bias") : undefined;
  if (!fold) return bias ? add("BiasAdd", [x, settled("bias", bias)]) : x;
  const moved = bias ? add("AddV2", [add("Mul", [bias, fold.scale]), fold.shift]) : fold.shift;
  return add("BiasAdd", [x, settled("bias", moved)]);
}

/** Layers that multiply by weights; all can take a batch norm into themselves. */
export const convolutionLayers: Readonly<Record<string, Lowering>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Dense: dense,
};
