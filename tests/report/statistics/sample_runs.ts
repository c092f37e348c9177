import { type LearningRun, Random } from "curio";

/**
 * Runs of strategies with these advantages over random, as learning curves look: the same start at a seed, growing and
 * flattening, with noise.
 */
export function sampleRuns(
  advantages: Readonly<Record<string, number>>,
  { seeds = 8, noise = 0.004, dataset }: { seeds?: number; noise?: number; dataset?: string } = {},
): LearningRun[] {
  const labels = [100, 200, 300, 400, 500, 600];
  return Object.entries({ random: 0, ...advantages }).flatMap(([strategy, advantage]) =>
    Array.from({ length: seeds }, (_, seed): LearningRun => {
      const random = new Random(`${dataset} ${seed}`);
      const own = random.child(strategy);
      const start = 0.6 + 0.01 * random.normal();
      const values = labels.map((_, point) =>
        start + 0.2 * (1 - 0.5 ** point) + (point > 0 ? advantage + noise * own.normal() : 0)
      );
      return { dataset, strategy, seed, labels, values };
    })
  );
}
