import { type LinearProbe, linearProbe, type LinearProbeOptions } from "../models/linear_probe.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { EstimatorRecipe } from "./estimator.ts";

/**
 * A linear probe on rows of features as an estimator of the loop: {@linkcode linearProbe}. It is fitted to its optimum,
 * so what it begins from changes how long that takes and not where it ends, and nothing in it is drawn by lot.
 */
export function probeRecipe(options: Omit<LinearProbeOptions, "start">): EstimatorRecipe<Matrix> {
  return {
    name: "linear probe",
    make() {
      let probe: LinearProbe | undefined;
      const fitted = () => {
        if (probe) return probe;
        throw new TypeError("Cannot predict: the probe must have been fitted. Call fit first.");
      };
      return {
        async fit(features, labels) {
          probe = await linearProbe(features, labels, options);
        },
        logits: (features) => Promise.try(() => fitted().logits(features)),
        probabilities: (features) => Promise.try(() => fitted().probabilities(features)),
        describe: () => ({ linearProbe: options }),
      };
    },
  };
}
