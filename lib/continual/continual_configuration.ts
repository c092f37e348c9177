import { backend } from "../runtime/tensorflow.ts";
import type { ContinualOptions, ContinualTraining } from "./continual_options.ts";

/** Everything that decides the numbers of a run, as plain JSON; the machine is in it, whose sums differ in the last bits. */
export function continualConfiguration(
  { stream, strategy, random, build, training, normalization, featureLayer, budget }: ContinualOptions,
): unknown {
  return {
    format: 1,
    stream: {
      ...stream,
      experiences: stream.experiences.map(({ name, units, train, test }) => ({
        name,
        units,
        data: [train, test].map(({ checksum, labels }) => [checksum, labels.join()]),
      })),
    },
    strategy: { name: strategy.name, options: strategy.options },
    random: random.state,
    build: String(build),
    training: { ...training, learningRate: ratesOf(training) },
    normalization,
    featureLayer,
    budget: budget && { ...budget, strategy: { name: budget.strategy.name, options: budget.strategy.options } },
    machine: { backend: backend.name, library: backend.library, device: backend.device, threads: backend.threads },
  };
}

/** A schedule is known by what it says of 101 places. */
function ratesOf({ learningRate }: ContinualTraining = {}): number | number[] | undefined {
  if (typeof learningRate !== "function") return learningRate;
  return Array.from({ length: 101 }, (_, step) => learningRate(step, 101));
}
