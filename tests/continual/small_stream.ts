import {
  continualLearning,
  type ContinualOptions,
  type ContinualStrategy,
  type ContinualStream,
  type ExperienceRecord,
  mlp,
  Random,
  type Scenario,
  splitStream,
} from "curio";
import { gaussianFeatures } from "../learning/gaussian_features.ts";

/** Three experiences of two easy classes each, as embeddings. */
export function smallStream(scenario: Scenario = "class"): ContinualStream {
  const part = (count: number, seed: number) => gaussianFeatures({ count, classes: 6, columns: 8, seed, spread: 0.5 });
  return splitStream({ train: part(240, 1), test: part(120, 2) }, { scenario, experiences: 3 });
}

/** What a test may change. */
export interface SmallRun extends Partial<Omit<ContinualOptions, "strategy">> {
  readonly strategy: ContinualStrategy;
  readonly scenario?: Scenario;
}

/** Settings with which {@linkcode smallStream} is learnt in a moment. */
export function smallOptions({ scenario, ...changes }: SmallRun): ContinualOptions {
  const stream = changes.stream ?? smallStream(scenario);
  return {
    stream,
    build: (random) => mlp({ input: 8, classes: stream.classNames.length, hidden: [16], random }),
    random: new Random(3),
    training: { steps: 60, batchSize: 16, learningRate: 0.01 },
    ...changes,
  };
}

/** The records of a run. */
export function smallRun(options: SmallRun): Promise<ExperienceRecord[]> {
  return Array.fromAsync(continualLearning(smallOptions(options)));
}
