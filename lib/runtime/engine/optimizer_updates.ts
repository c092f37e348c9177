import type { Graph, Operation, Output } from "./graph.ts";
import type { GraphVariable, Variables } from "./variables.ts";

/** The update rules that the compiler knows, with their constants; what they do is said in `lib/training/optimizers.ts`. */
export interface GraphOptimizer {
  readonly name: "sgd" | "momentum" | "nesterov" | "adam" | "adamw";
  /** Of `momentum` and `nesterov`. */
  readonly momentum: number;
  /** Of `adam` and `adamw`, as are `beta2` and `epsilon`. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled for `adamw`; joins the gradient for the others. */
  readonly weightDecay: number;
  /** Whether weights with fewer than two dimensions decay too. */
  readonly decayBiases: boolean;
}

/** The numbers of an update that change from step to step, as float32 scalars to be fed. */
export interface Rates {
  /** η; for Adam with both bias corrections in it. */
  readonly rate: Output;
  /** Adam's ε, corrected. */
  readonly epsilon: Output;
  /** λ; for `adamw` η·λ. */
  readonly decay: Output;
}

/** The values of {@linkcode Rates} at one step. */
export interface RateValues {
  readonly rate: number;
  readonly epsilon: number;
  readonly decay: number;
}

const slots: Readonly<Record<GraphOptimizer["name"], readonly string[]>> = {
  sgd: [],
  momentum: ["velocity"],
  nesterov: ["velocity"],
  adam: ["firstMoment", "secondMoment"],
  adamw: ["firstMoment", "secondMoment"],
};

/**
 * What is fed at step `step` (counted from 1). Adam's bias corrections are worked out here, in float64, and put into the
 * rate and ε, which is Kingma and Ba's algorithm 1 to the letter; TensorFlow's own would take β₂ᵗ as float32, 1 − β₂ᵗ of
 * which has five digits at the first step.
 */
export function rateValues(
  optimizer: GraphOptimizer,
  { batch, step }: { readonly batch: StepRates; readonly step: number },
): RateValues {
  const { name, beta1, beta2, epsilon } = optimizer;
  const { learningRate } = batch;
  const weightDecay = weightDecayOf(optimizer, batch);
  const decay = name === "adamw" ? learningRate * weightDecay : weightDecay;
  if (name !== "adam" && name !== "adamw") return { rate: learningRate, epsilon, decay };
  const correction = Math.sqrt(1 - beta2 ** step);
  return { rate: learningRate * correction / (1 - beta1 ** step), epsilon: epsilon * correction, decay };
}

/** What a batch says of its step's update. */
export interface StepRates {
  readonly learningRate: number;
  /** The optimizer's when left out. */
  readonly weightDecay?: number;
}

/**
 * λ at one step.
 *
 * @throws {RangeError} if the batch asks for weight decay of an optimizer that was made without
 */
export function weightDecayOf(optimizer: GraphOptimizer, { weightDecay = optimizer.weightDecay }: StepRates): number {
  if (weightDecay === 0 || optimizer.weightDecay > 0) return weightDecay;
  throw new RangeError(
    `Cannot decay weights: the optimizer was made without: current value is ${weightDecay}. Give it a weightDecay.`,
  );
}

/** One weight, its gradient, and where its optimizer keeps what it remembers. */
export interface UpdateTarget {
  readonly graph: Graph;
  readonly variable: GraphVariable;
  readonly gradient: Output;
  /** Where the slots become variables, named `weight/slot`. */
  readonly state: Variables;
  readonly rates: Rates;
  /** What must be done before: all gradients, so that no one still reads the weight. */
  readonly after: readonly Operation[];
}

/** Adds the update of one weight to the graph. */
export function addUpdate(optimizer: GraphOptimizer, target: UpdateTarget): Operation {
  const { graph, variable, state, rates, after } = target;
  const { name, momentum, beta1, beta2, weightDecay, decayBiases } = optimizer;
  const decays = weightDecay > 0 && (decayBiases || variable.shape.length > 1);
  const attributes = { T: { type: "float32" } } as const;
  const [first, second] = slots[name].map((slot) => state.add(`${variable.name}/${slot}`, variable.shape));
  const gradient = decays && name !== "adamw" ? withDecay(target) : target.gradient;
  if (name === "sgd") {
    return graph.operation("ResourceApplyGradientDescent", {
      inputs: [variable.handle, rates.rate, gradient],
      attributes,
      after,
    });
  }
  if (name === "momentum" || name === "nesterov") {
    return graph.operation("ResourceApplyMomentum", {
      inputs: [variable.handle, first.handle, rates.rate, gradient, graph.constant(momentum)],
      attributes: { ...attributes, use_nesterov: name === "nesterov" },
      after,
    });
  }
  const decoupled = decays && name === "adamw";
  const corrected = graph.constant(0); // βᵗ: the corrections are in the rate already
  return graph.operation("ResourceApplyAdam", {
    inputs: [
      variable.handle,
      first.handle,
      second.handle,
      corrected,
      corrected,
      rates.rate,
      graph.constant(beta1),
      graph.constant(beta2),
      rates.epsilon,
      gradient,
    ],
    attributes,
    after: decoupled ? [shrink(target)] : after,
  });
}

function withDecay({ graph, variable, gradient, rates }: UpdateTarget): Output {
  const pull = graph.add("Mul", { inputs: [variable.value, rates.decay] });
  return graph.add("AddV2", { inputs: [gradient, pull] });
}

/** θ ← θ − η·λ·θ */
function shrink({ graph, variable, rates, after }: UpdateTarget): Operation {
  return graph.operation("AssignSubVariableOp", {
    inputs: [variable.handle, graph.add("Mul", { inputs: [variable.value, rates.decay] })],
    attributes: { dtype: { type: "float32" } },
    after,
  });
}
