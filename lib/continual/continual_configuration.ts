import { backend } from "../runtime/tensorflow.ts";
import type { ContinualOptions } from "./continual_options.ts";

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
    training,
    normalization,
    featureLayer,
    budget: budget && { ...budget, strategy: { name: budget.strategy.name, options: budget.strategy.options } },
    machine: { backend: backend.name, library: backend.library, device: backend.device, threads: backend.threads },
  };
}
