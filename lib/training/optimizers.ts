import { backend, tf } from "../runtime/tensorflow.ts";
import { fusedAdam } from "./fused_adam.ts";
import { hasTensorFlowOps } from "./tensorflow_ops.ts";

/** The update rules that `fit` knows. */
export type OptimizerName = "sgd" | "momentum" | "nesterov" | "adam" | "adamw";

/** An optimizer and its constants; the learning rate is the schedule's. */
export interface OptimizerOptions {
  /** Default `"adam"`. */
  readonly name?: OptimizerName;
  /** Of `momentum` and `nesterov`; default 0.9. */
  readonly momentum?: number;
  /** Of `adam` and `adamw`: decay of the mean of gradients; default 0.9. */
  readonly beta1?: number;
  /** Of `adam` and `adamw`: decay of the mean of squared gradients; default 0.999. */
  readonly beta2?: number;
  /** Of `adam` and `adamw`; default 1e-8. */
  readonly epsilon?: number;
  /**
   * λ. For `adamw` decoupled, θ ← θ − η·λ·θ (Loshchilov and Hutter, 2019); for the others λ·θ joins the gradient.
   * Default 0.01 for `adamw`, 0 for the others.
   */
  readonly weightDecay?: number;
  /** Whether biases and normalisation weights (all with fewer than two dimensions) decay too; default false. */
  readonly decayBiases?: boolean;
}

/** {@linkcode OptimizerOptions} with the defaults filled in: what engines read. */
export type Optimizer = Readonly<Required<OptimizerOptions>>;

/**
 * Fills in an optimizer's defaults.
 *
 * @throws {RangeError} if a constant is out of its range
 */
export function optimizerOf(options: OptimizerName | OptimizerOptions = {}): Optimizer {
  const {
    name = "adam",
    momentum = 0.9,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = name === "adamw" ? 0.01 : 0,
    decayBiases = false,
  } = typeof options === "string" ? { name: options } : options;
  if (!(name in rules)) {
    throw new RangeError(
      `Cannot set up the optimizer: its name must be one of ${
        Object.keys(rules).join(", ")
      }: current value is "${name}"`,
    );
  }
  for (const [what, value] of Object.entries({ momentum, beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(`Cannot set up the optimizer: ${what} must be in [0, 1): current value is ${value}`);
    }
  }
  if (!(epsilon > 0) || !(weightDecay >= 0)) {
    throw new RangeError(
      "Cannot set up the optimizer: epsilon must be above 0 and weightDecay at least 0: " +
        `current values are ${epsilon} and ${weightDecay}`,
    );
  }
  return { name, momentum, beta1, beta2, epsilon, weightDecay, decayBiases };
}

/** What an optimizer remembers of each weight, by name; each starts at zero and has the weight's shape. */
export function slotsOf({ name }: Optimizer): readonly string[] {
  return rules[name].slots;
}

/** What an update starts from, and what it makes: tensors are new, the old ones untouched. */
export interface UpdateInput {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** In the order of {@linkcode slotsOf}. */
  readonly slots: readonly tf.Tensor[];
  readonly learningRate: number;
  /** Counted from 1. */
  readonly step: number;
}

/**
 * One update of one weight, as PyTorch's optimizers define them (t is the step, g the gradient, η the learning rate):
 *
 * - `sgd`: θ ← θ − η·g
 * - `momentum`: v ← μ·v + g; θ ← θ − η·v
 * - `nesterov`: v ← μ·v + g; θ ← θ − η·(g + μ·v)
 * - `adam`, `adamw`: m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; θ ← θ − η·m̂ / (√v̂ + ε), with
 *   m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) (Kingma and Ba, 2015, algorithm 1)
 *
 * @returns the weight and the slots after the update; the caller disposes of them
 */
export function update(optimizer: Optimizer, input: UpdateInput): { weight: tf.Tensor; slots: tf.Tensor[] } {
  const { name, weightDecay, decayBiases } = optimizer;
  const { weight, gradient, learningRate } = input;
  const [updated, ...slots] = tf.tidy(() => {
    const decay = decayBiases || weight.rank > 1 ? weightDecay : 0;
    const decayed = decay === 0
      ? input
      : name === "adamw"
      ? { ...input, weight: weight.mul(1 - learningRate * decay) }
      : { ...input, gradient: gradient.add(weight.mul(decay)) };
    return rules[name].apply(optimizer, decayed);
  });
  return { weight: updated, slots };
}

interface Rule {
  readonly slots: readonly string[];
  /** @returns the weight, then the slots */
  apply(optimizer: Optimizer, input: UpdateInput): tf.Tensor[];
}

/** Where the kernel was seen to agree. */
const fuses = hasTensorFlowOps && backend.device === "cpu";

const adam: Rule = {
  slots: ["firstMoment", "secondMoment"],
  apply({ beta1, beta2, epsilon }, { weight, gradient, slots: [first, second], learningRate, step }) {
    // Both corrections moved into two numbers: the same update with fewer operations over the weights.
    const correction = Math.sqrt(1 - beta2 ** step);
    const rate = learningRate * correction / (1 - beta1 ** step);
    if (fuses) {
      return fusedAdam({ weight, gradient, slots: [first, second] }, {
        rate,
        beta1,
        beta2,
        epsilon: epsilon * correction,
      });
    }
    const m = first.mul(beta1).add(gradient.mul(1 - beta1));
    const v = second.mul(beta2).add(gradient.square().mul(1 - beta2));
    return [weight.sub(m.div(v.sqrt().add(epsilon * correction)).mul(rate)), m, v];
  },
};

const rules: Readonly<Record<OptimizerName, Rule>> = {
  sgd: {
    slots: [],
    apply: (_, { weight, gradient, learningRate }) => [weight.sub(gradient.mul(learningRate))],
  },
  momentum: {
    slots: ["velocity"],
    apply({ momentum }, { weight, gradient, slots: [velocity], learningRate }) {
      const v = velocity.mul(momentum).add(gradient);
      return [weight.sub(v.mul(learningRate)), v];
    },
  },
  nesterov: {
    slots: ["velocity"],
    apply({ momentum }, { weight, gradient, slots: [velocity], learningRate }) {
      const v = velocity.mul(momentum).add(gradient);
      return [weight.sub(gradient.add(v.mul(momentum)).mul(learningRate)), v];
    },
  },
  adam,
  adamw: adam,
};
