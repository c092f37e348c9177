import {
  abstainingOracle,
  activeLearning,
  badgeSampling,
  cnn,
  type LoopOptions,
  marginSampling,
  NetworkClassifier,
  networkRecipe,
  noisyOracle,
  numbersOf,
  type Oracle,
  probeRecipe,
  Random,
  type Round,
  simulatedOracle,
  stabilisedPredictions,
} from "curio";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { gaussianFeatures } from "./gaussian_features.ts";

/** What is to be run: a probe on features, or a network on images that goes on from the round before. */
export type JournaledKind = "probe" | "network";

/** Which run, where it is kept, and a place to disturb it. */
export interface JournaledRunOptions {
  readonly kind?: JournaledKind;
  readonly journal?: string;
  /** Called at every point at which a run may be interrupted, counted from 0. */
  readonly onPoint?: (point: number) => void;
}

/** A run in which everything is drawn that a run can draw: noise, silence, dropout, weights, subsets of the pool. */
export function journaledOptions({ kind = "probe", journal, onPoint = () => {} }: JournaledRunOptions): LoopOptions {
  let point = 0;
  const oracle = (labels: ArrayLike<number>): Oracle => {
    const noisy = noisyOracle(simulatedOracle({ labels }), { flip: 0.1, classCount: 3 });
    const silent = abstainingOracle(noisy, { rate: 0.1 });
    return {
      ...silent,
      // One answer at a time, as people give them.
      async ask(indices, options) {
        const answers = await silent.ask(indices, options);
        indices.forEach((index, place) => {
          onPoint(point++);
          options.onAnswer?.(index, answers[place]);
        });
        return answers;
      },
    };
  };
  const shared = {
    random: new Random(5),
    initial: { size: 6 },
    batchSize: 4,
    budget: 20,
    candidates: 100,
    stopSetSize: 30,
    relabel: { share: 0.5, folds: 2 },
    stop: [stabilisedPredictions({ kappa: 1.1 })],
    journal,
    onTrained: () => onPoint(point++),
  } as const;
  if (kind === "probe") {
    const pool = gaussianFeatures({ count: 200 });
    const held = (seed: string) => gaussianFeatures({ count: 40, seed });
    return {
      ...shared,
      pool,
      validation: held("validation"),
      test: held("test"),
      oracle: oracle(pool.labels),
      estimator: probeRecipe({ classNames: pool.classNames }),
      strategy: badgeSampling(),
    };
  }
  const pool = syntheticDataset({ count: 60 });
  const shape = pool.images.shape;
  return {
    ...shared,
    pool,
    oracle: oracle(pool.labels),
    estimator: networkRecipe({
      build: (random) =>
        new NetworkClassifier({
          network: cnn({ shape, classes: 3, filters: [4], denseUnits: [8], denseDropout: 0.2, random }),
          classNames: pool.classNames,
        }),
      fit: { steps: 3, batchSize: 8 },
    }),
    strategy: marginSampling(),
    training: { shrink: 0.6, noise: 0.01 },
  };
}

/** The numbers of every round. */
export async function journaledRun(options: JournaledRunOptions = {}): Promise<Omit<Round, "seconds">[]> {
  return (await Array.fromAsync(activeLearning(journaledOptions(options)))).map(numbersOf);
}

// As a process: kind, journal, and the point at which to die, if at any.
if (import.meta.main) {
  const [kind, journal, dieAt] = Deno.args;
  const rounds = await journaledRun({
    kind: kind === "network" ? "network" : "probe",
    journal,
    onPoint: (point) => `${point}` === dieAt && Deno.kill(Deno.pid, "SIGKILL"),
  });
  console.log(JSON.stringify(rounds));
}
