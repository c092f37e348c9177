import { addonStep } from "./addon.ts";
import { dataStep } from "./data.ts";
import { kernelStep } from "./kernel.ts";
import { labStep, pythonStep } from "./python_environment.ts";
import { rowKernelsStep } from "./row_kernels.ts";
import type { Site } from "./site.ts";
import type { Step } from "./step.ts";
import { tensorflowStep } from "./tensorflow_library.ts";
import { chooseTensorFlow } from "./choose_tensorflow.ts";

/** What a task may need beside the packages from npm. */
export type Need = "compute" | "kernel" | "data" | "lab";

/** The steps behind these needs, in the order in which they must be done. */
export async function stepsFor(site: Site, needs: readonly Need[]): Promise<Step[]> {
  const steps: Step[] = [];
  if (needs.length > 0) steps.push(pythonStep(site));
  if (needs.includes("compute") && site.env.CURIO_BACKEND !== "webgpu") {
    const choice = await chooseTensorFlow(site);
    if (choice.package !== "prebuilt") steps.push(tensorflowStep(site, choice));
    steps.push(addonStep(site, choice));
  }
  if (needs.includes("compute")) steps.push(rowKernelsStep(site));
  if (needs.includes("kernel")) steps.push(kernelStep(site));
  if (needs.includes("lab")) steps.push(labStep(site));
  // Whoever names another dataset has it, or lets the notebook fetch it.
  if (needs.includes("data") && !site.env.CURIO_DATASET) steps.push(dataStep(site));
  return steps;
}
