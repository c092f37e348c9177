import { z } from "zod";
import type { Output } from "../graph.ts";
import type { Lowering, LoweringContext } from "../lowering.ts";

/** Drops units whose uniform draw is below the rate and scales the others, as Curio's own dropout layer does. */
function dropped(context: LoweringContext, x: Output, { rate, shape }: { rate: number; shape: Output }): Output {
  const { add, graph, noise, scalar, precision } = context;
  const uniform = rate > 0 ? noise("uniform", shape) : undefined;
  if (!uniform) return x;
  const kept = add("GreaterEqual", [uniform, graph.constant(rate)]);
  const mask = add("Mul", [add("Cast", [kept], { DstT: { type: precision } }), scalar(1 / (1 - rate))]);
  return add("Mul", [x, mask]);
}

const dropout: Lowering = (context, [x]) => {
  const { rate } = context.config(
    z.object({ rate: z.number(), noiseShape: z.null({ error: "its noiseShape must be unset" }).optional() }),
  );
  return dropped(context, x, { rate, shape: context.add("Shape", [x]) });
};

/** Whole channels at a time (Tompson et al., 2015). */
const spatialDropout1d: Lowering = (context, [x]) => {
  const { add, graph, sizesOf } = context;
  const { rate } = context.config(z.object({ rate: z.number() }));
  const batch = add("Slice", [add("Shape", [x]), graph.integers([0]), graph.integers([1])]);
  const shape = add("ConcatV2", [[batch, graph.integers([1, sizesOf(x)[1]])], graph.integers(0)]);
  return dropped(context, x, { rate, shape });
};

const gaussianNoise: Lowering = (context, [x]) => {
  const { add, cast, graph, noise } = context;
  const { stddev } = context.config(z.object({ stddev: z.number() }));
  const normal = noise("normal", add("Shape", [x]));
  return normal ? add("AddV2", [x, cast(add("Mul", [normal, graph.constant(stddev)]))]) : x;
};

/** Srivastava et al. (2014), section 10: times N(1, rate / (1 − rate)). */
const gaussianDropout: Lowering = (context, [x]) => {
  const { add, cast, graph, noise } = context;
  const { rate } = context.config(z.object({ rate: z.number() }));
  const normal = noise("normal", add("Shape", [x]));
  if (!normal) return x;
  const spread = graph.constant(Math.sqrt(rate / (1 - rate)));
  return add("Mul", [x, cast(add("AddV2", [add("Mul", [normal, spread]), graph.constant(1)]))]);
};

/** Layers that draw random numbers. */
export const noiseLayers: Readonly<Record<string, Lowering>> = {
  SeededDropout: dropout,
  Dropout: dropout,
  SpatialDropout1D: spatialDropout1d,
  GaussianNoise: gaussianNoise,
  GaussianDropout: gaussianDropout,
};
