import { z } from "zod";
import type { Lowering } from "../lowering.ts";

/** tfjs stretches inputs of different ranks in its own way; those of one rank are stretched as TensorFlow does it. */
const merge = (kind: "AddV2" | "Mul" | "Maximum" | "Minimum"): Lowering => (context, inputs) => {
  const ranks = new Set(inputs.map((input) => context.sizesOf(input).length + 1));
  if (ranks.size > 1) context.refuse(`its inputs must have one rank: current value is ${[...ranks].join(" and ")}`);
  return inputs.reduce((sum, input) => context.add(kind, [sum, input]));
};

const average: Lowering = (context, inputs) =>
  context.add("Mul", [merge("AddV2")(context, inputs), context.scalar(1 / inputs.length)]);

const concatenate: Lowering = ({ add, config, graph }, inputs) =>
  add("ConcatV2", [inputs, graph.integers(config(z.object({ axis: z.number() })).axis)]);

/** Layers that take several inputs. */
export const mergeLayers: Readonly<Record<string, Lowering>> = {
  Add: merge("AddV2"),
  Multiply: merge("Mul"),
  Maximum: merge("Maximum"),
  Minimum: merge("Minimum"),
  Average: average,
  Concatenate: concatenate,
};
