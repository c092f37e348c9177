import { tf } from "../runtime/tensorflow.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { type FisherEstimate, fisherInformation } from "./fisher_information.ts";
import { quadraticPenalty } from "./quadratic_penalty.ts";

/** What {@linkcode ewc} may be told. */
export interface EwcOptions {
  /**
   * λ; default 1e7. What is best differs by orders of magnitude with the stream, the estimate, and how sure the network has
   * become of what it learnt: after 200 steps of a small network on Split-MNIST's tasks 1e6 (notebook 09), by van de Ven's
   * protocol 1e11 (`tests/drills/split_mnist.ts`). Choose it on held-out images.
   */
  readonly lambda?: number;
  /**
   * `separate` (default): a term for each experience, anchored where its learning ended. `online`: one Fisher that decays,
   * anchored at the last (Schwarz et al., 2018, section 3.2.2).
   */
  readonly mode?: "separate" | "online";
  /** γ of the online mode: what remains of the old Fisher at each experience; default 1. */
  readonly decay?: number;
  /** Default `"predicted"`. */
  readonly fisher?: FisherEstimate;
  /** Examples for the Fisher; default 1,000. Avalanche takes all: give `Infinity`. */
  readonly samples?: number;
  /** Of the `batchGradient` estimate; default 128. */
  readonly batchSize?: number;
}

/**
 * Elastic weight consolidation (Kirkpatrick et al., 2017, eq. 3): loss + λ·½·Σ_k Σ_i F_ki·(θ_i − θ*_ki)².
 *
 * Avalanche's `EWC` leaves out the ½ and squares batch gradients: `fisher: "batchGradient"` with twice its λ is the same.
 * Its penalty was 0 for a time and nobody noticed (#1099); here each experience's record says what it came to.
 *
 * @throws {RangeError} if an option is out of its range
 */
export function ewc(options: EwcOptions = {}): ContinualStrategy {
  const { lambda = 1e7, mode = "separate", decay = 1, fisher = "predicted", samples = 1000, batchSize = 128 } = options;
  for (const [name, value] of Object.entries({ lambda, decay })) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot consolidate weights: ${name} must be at least 0: current value is ${value}`);
    }
  }
  if (!(samples >= 1 && batchSize >= 1)) {
    throw new RangeError(
      `Cannot consolidate weights: samples and batchSize must be at least 1: current values are ${samples}, ${batchSize}`,
    );
  }
  return {
    name: mode === "online" ? "online EWC" : "EWC",
    options: { lambda, mode, decay, fisher, samples: `${samples}`, batchSize },
    start(network) {
      const penalty = quadraticPenalty(network.weights, lambda);
      return {
        penalty,
        async afterExperience({ own, number, random }) {
          const information = await fisherInformation(network, own, {
            estimate: fisher,
            samples,
            batchSize,
            seen: number,
            random,
          });
          if (mode === "online") penalty.replace(information, decay);
          else penalty.add(information);
          tf.dispose(information);
        },
        save: async () => ({ tensors: await penalty.save() }),
        restore: ({ tensors }) => Promise.try(() => penalty.restore(tensors!)),
        dispose: penalty.dispose,
      };
    },
  };
}
