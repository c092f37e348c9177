import { z } from "zod";
import { type Output, sibling } from "../graph.ts";
import type { Lowering, LoweringContext } from "../lowering.ts";

const batchNormConfig = z.object({ axis: z.number(), momentum: z.number(), epsilon: z.number() });

/** A batch norm at rest: multiply by `scale`, then add `shift`; one float32 a channel. */
export interface Affine {
  readonly scale: Output;
  readonly shift: Output;
}

/** What a batch norm does with its moving statistics: γ / √(σ² + ε) and β − μ·γ / √(σ² + ε). */
export function affineOf(context: LoweringContext): Affine {
  const { add, graph, hasWeight, weight } = context;
  const { epsilon } = context.config(batchNormConfig);
  const spread = add("AddV2", [weight("moving_variance"), graph.constant(epsilon)]);
  const inverse = add("Rsqrt", [spread]);
  const scale = hasWeight("gamma") ? add("Mul", [inverse, weight("gamma")]) : inverse;
  const offset = add("Mul", [weight("moving_mean"), scale]);
  return { scale, shift: hasWeight("beta") ? add("Sub", [weight("beta"), offset]) : add("Neg", [offset]) };
}

const batchNorm: Lowering = (context, [x]) => {
  const { add, graph, sizesOf } = context;
  const { axis, epsilon, momentum } = context.config(batchNormConfig);
  const sizes = sizesOf(x);
  if (axis !== -1 && axis !== sizes.length) context.refuse(`its axis must be the last: current value is ${axis}`);
  if (!context.training) {
    const { scale, shift } = affineOf(context);
    return add("AddV2", [add("Mul", [x, context.settled("scale", scale)]), context.settled("shift", shift)]);
  }
  if (context.precision === "float64") context.refuse("batch norm has no float64 kernel");
  if (sizes.length !== 1 && sizes.length !== 3) {
    context.refuse(`its input must have 2 or 4 dimensions: current value is ${sizes.length + 1}`);
  }
  const channels = sizes[sizes.length - 1];
  const images = sizes.length === 3 ? x : add("Reshape", [x, graph.integers([-1, 1, 1, channels])]);
  const filled = (name: string, value: number) =>
    context.hasWeight(name) ? context.weight(name) : graph.constant(new Float32Array(channels).fill(value), [channels]);
  // No moving statistics go in: with a factor of 1 it ignores them and gives those of the batch.
  const nothing = graph.constant([], [0]);
  const fused = add("FusedBatchNormV3", [images, filled("gamma", 1), filled("beta", 0), nothing, nothing], {
    is_training: true,
    epsilon: { float: epsilon },
    exponential_avg_factor: { float: 1 },
  });
  const variance = add("Mul", [sibling(fused, 2), biasCorrection(context, images)]);
  for (const [name, value] of [["moving_mean", sibling(fused, 1)], ["moving_variance", variance]] as const) {
    const change = add("Sub", [context.weight(name), value]);
    context.subtractFrom(name, add("Mul", [change, graph.constant(1 - momentum)]));
  }
  return sizes.length === 3 ? fused : add("Reshape", [fused, graph.integers([-1, channels])]);
};

/** (n − 1) / n over n values a channel: TensorFlow gives the unbiased variance, tfjs keeps the biased one. */
function biasCorrection({ add, graph, sizesOf }: LoweringContext, images: Output): Output {
  const channels = sizesOf(images)[2];
  const count = add("Cast", [add("Size", [images])], { DstT: { type: "float32" } });
  const values = add("Mul", [count, graph.constant(1 / channels)]);
  const one = graph.constant(1);
  return add("RealDiv", [add("Maximum", [add("Sub", [values, one]), one]), values]);
}

const layerNorm: Lowering = (context, [x]) => {
  const { add, graph, hasWeight, scalar, settled, sizesOf, weight } = context;
  const { axis, epsilon } = context.config(z.object({ axis: z.array(z.number()), epsilon: z.number() }));
  const rank = sizesOf(x).length + 1;
  const axes = axis.map((one) => one < 0 ? one + rank : one).sort((a, b) => a - b);
  if (axes.some((one, place) => one !== rank - axes.length + place)) {
    context.refuse(`its axes must be the last ones: current value is [${axis}]`);
  }
  const over = graph.integers(axes);
  const keep = { keep_dims: true };
  const mean = add("Mean", [x, over], keep);
  const variance = add("Mean", [add("SquaredDifference", [x, mean]), over], keep);
  const inverse = add("Rsqrt", [add("AddV2", [variance, scalar(epsilon)])]);
  const normal = add("Mul", [add("Sub", [x, mean]), inverse]);
  const scaled = hasWeight("gamma") ? add("Mul", [normal, settled("gamma", weight("gamma"))]) : normal;
  return hasWeight("beta") ? add("AddV2", [scaled, settled("beta", weight("beta"))]) : scaled;
};

/** Layers that normalise. */
export const normalizationLayers: Readonly<Record<string, Lowering>> = {
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
};
