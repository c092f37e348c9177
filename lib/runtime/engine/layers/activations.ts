import { z } from "zod";
import type { Output } from "../graph.ts";
import type { Lowering, LoweringContext } from "../lowering.ts";
import { activation as activationName } from "./config.ts";

type Activation = (context: LoweringContext, x: Output) => Output;

const operation = (kind: string): Activation => ({ add }, x) => add(kind, [x]);

/** tfjs's activations, by the names it gives them in configurations. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: operation("Relu"),
  relu6: operation("Relu6"),
  elu: operation("Elu"),
  selu: operation("Selu"),
  sigmoid: operation("Sigmoid"),
  tanh: operation("Tanh"),
  softplus: operation("Softplus"),
  softsign: operation("Softsign"),
  softmax: operation("Softmax"),
  /** As a matrix, because TensorFlow's gradient of LogSoftmax sums over the second dimension, not the last. */
  logSoftmax({ add, graph, sizesOf }, x) {
    const sizes = sizesOf(x);
    if (sizes.length === 1) return add("LogSoftmax", [x]);
    const rows = add("Reshape", [x, graph.integers([-1, sizes[sizes.length - 1]])]);
    return add("Reshape", [add("LogSoftmax", [rows]), graph.integers([-1, ...sizes])]);
  },
  /** Clipped to 0…1 by two ReLUs, whose gradients at the corners are those of tfjs. */
  hardSigmoid({ add, scalar }, x) {
    const line = add("AddV2", [add("Mul", [x, scalar(0.2)]), scalar(0.5)]);
    return add("Sub", [scalar(1), add("Relu", [add("Sub", [scalar(1), add("Relu", [line])])])]);
  },
  swish: ({ add }, x) => add("Mul", [x, add("Sigmoid", [x])]),
  mish: ({ add }, x) => add("Mul", [x, add("Tanh", [add("Softplus", [x])])]),
  /** Hendrycks and Gimpel (2016), exact. */
  gelu({ add, scalar }, x) {
    const share = add("AddV2", [add("Erf", [add("Mul", [x, scalar(Math.SQRT1_2)])]), scalar(1)]);
    return add("Mul", [add("Mul", [x, scalar(0.5)]), share]);
  },
  /** Hendrycks and Gimpel (2016), the approximation by tanh. */
  gelu_new({ add, scalar }, x) {
    const cube = add("Mul", [add("Mul", [add("Mul", [x, x]), x]), scalar(0.044715)]);
    const inner = add("Mul", [add("AddV2", [x, cube]), scalar(Math.sqrt(2 / Math.PI))]);
    const share = add("AddV2", [add("Tanh", [inner]), scalar(1)]);
    return add("Mul", [add("Mul", [x, scalar(0.5)]), share]);
  },
};

/**
 * Applies an activation by its name in a layer's configuration.
 *
 * @throws {CannotCompileError} if it is not one of tfjs's own
 */
export function activate(context: LoweringContext, x: Output, name: string): Output {
  if (!Object.hasOwn(activations, name)) context.refuse(`its activation "${name}" is not known to the compiler`);
  return activations[name](context, x);
}

const activationLayer: Lowering = (context, [x]) =>
  activate(context, x, context.config(z.object({ activation: activationName })).activation);

const relu: Lowering = (context, [x]) => {
  const { maxValue } = context.config(z.object({ maxValue: z.number().nullish() }));
  if (maxValue === 6) return context.add("Relu6", [x]);
  const positive = context.add("Relu", [x]);
  return maxValue == null ? positive : context.add("Minimum", [positive, context.scalar(maxValue)]);
};

const leakyRelu: Lowering = (context, [x]) => {
  const { add, config, scalar, training } = context;
  const { alpha } = config(z.object({ alpha: z.number() }));
  if (!training) return add("LeakyRelu", [x], { alpha: { float: alpha } });
  // TensorFlow's optimizer stumbles over the gradient of a LeakyRelu that it has fused, and says so on stderr.
  return add("AddV2", [add("Relu", [x]), add("Mul", [negativePart(context, x), scalar(alpha)])]);
};

const prelu: Lowering = (context, [x]) => {
  const { add, settled, weight } = context;
  const alpha = settled("alpha", weight("alpha"));
  return add("AddV2", [add("Relu", [x]), add("Mul", [alpha, negativePart(context, x)])]);
};

/** min(x, 0) */
function negativePart({ add }: LoweringContext, x: Output): Output {
  return add("Neg", [add("Relu", [add("Neg", [x])])]);
}

const thresholdedRelu: Lowering = ({ config, add, scalar, precision }, [x]) => {
  const { theta } = config(z.object({ theta: z.number() }));
  const above = add("Cast", [add("Greater", [x, scalar(theta)])], { DstT: { type: precision } });
  return add("Mul", [x, above]);
};

const softmax: Lowering = (context, [x]) => {
  const { axis } = context.config(z.object({ axis: z.number() }));
  const rank = context.sizesOf(x).length + 1;
  if (axis !== -1 && axis !== rank - 1) context.refuse(`its axis must be the last: current value is ${axis}`);
  return context.add("Softmax", [x]);
};

/** Layers that are an activation. */
export const activationLayers: Readonly<Record<string, Lowering>> = {
  Activation: activationLayer,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  /** tfjs's has no other α than 1. */
  ELU: ({ add }, [x]) => add("Elu", [x]),
  PReLU: prelu,
  ThresholdedReLU: thresholdedRelu,
  Softmax: softmax,
};
