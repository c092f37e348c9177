import { tf } from "../runtime/tensorflow.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { quadraticPenalty } from "./quadratic_penalty.ts";
import { weightPath } from "./weight_path.ts";

/** What {@linkcode synapticIntelligence} may be told. */
export interface SynapticIntelligenceOptions {
  /**
   * c, the strength; default 50, which holds on to Split-MNIST's tasks by van de Ven's protocol
   * (`tests/drills/split_mnist.ts`; not the winner of a grid). What is best differs by orders of magnitude with the stream:
   * choose it on held-out images.
   */
  readonly strength?: number;
  /** ξ, which keeps the importance finite where a weight did not move; default 0.1, as in van de Ven's code. */
  readonly damping?: number;
}

/**
 * Synaptic intelligence (Zenke et al., 2017, eqs. 4 and 5): loss + c·Σ_i Ω_i·(θ_i − θ*_i)², where Ω_i grows after each
 * experience by ω_i / (Δ_i² + ξ). ω_i = −Σ over steps of g_i·(change of θ_i) is how much the weight's path lowered the
 * loss, Δ_i how far it went in all; g is the gradient of the loss without the penalty, as in the paper (van de Ven's code
 * takes it with). Avalanche's `SynapticIntelligence` is the older AR1 code: it cuts Ω off at a largest value.
 *
 * @throws {RangeError} if an option is out of its range
 */
export function synapticIntelligence(
  { strength = 50, damping = 0.1 }: SynapticIntelligenceOptions = {},
): ContinualStrategy {
  if (!(strength >= 0 && Number.isFinite(strength) && damping > 0)) {
    throw new RangeError(
      "Cannot weigh synapses: the strength must be at least 0 and the damping above 0: " +
        `current values are ${strength} and ${damping}`,
    );
  }
  return {
    name: "SI",
    options: { strength, damping },
    start(network) {
      const { weights } = network;
      const penalty = quadraticPenalty(weights, 2 * strength);
      const path = weightPath(weights);
      return {
        penalty,
        path,
        afterExperience: () =>
          Promise.try(() => {
            const importance = path.importance(damping);
            penalty.replace(importance, 1);
            tf.dispose(importance);
            path.begin();
          }),
        save: async () => ({ tensors: await penalty.save() }),
        restore: ({ tensors }) =>
          Promise.try(() => {
            penalty.restore(tensors!);
            path.begin();
          }),
        dispose() {
          penalty.dispose();
          path.dispose();
        },
      };
    },
  };
}
