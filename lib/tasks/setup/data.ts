import { runScript } from "./run_script.ts";
import type { Site } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/** Fashion-MNIST, which the notebooks begin with, wherever it can be found or fetched from. */
export function dataStep(site: Site): Step {
  return {
    name: "Fashion-MNIST",
    fetches: 31e6,
    disk: 31e6,
    seconds: 10,
    async isDone() {
      try {
        const { isDatasetThere } = await import("../find_datasets.ts");
        return await isDatasetThere("fashion-mnist");
      } catch {
        return false; // the packages that the catalogue needs are not there yet
      }
    },
    async run(progress) {
      const outcome = await runScript(site, ["fetch_fashion_mnist.ts"], progress);
      if ("failure" in outcome) throw new SetupError(outcome.failure);
      return outcome.said;
    },
  };
}
