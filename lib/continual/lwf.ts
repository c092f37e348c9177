import type { ContinualStrategy } from "./continual_strategy.ts";
import type { TaughtHead } from "./distillation.ts";
import type { Snapshot } from "./snapshot.ts";

/** What {@linkcode lwf} may be told. */
export interface LwfOptions {
  /** T; default 2. */
  readonly temperature?: number;
  /**
   * How much the teacher counts. `byExperience` (default): 1/n for the new classes and 1 − 1/n for the teacher at
   * experience n, as van de Ven and Tolias (2018). A number λ: loss + λ·distillation (Li and Hoiem, 2016, eq. 3).
   */
  readonly weight?: "byExperience" | number;
  /**
   * Whether the cross-entropy is summed over the units, as it is defined (default), or averaged, which makes it as many
   * times smaller: what van de Ven's code did when the table of arXiv 1809.10635 was made.
   */
  readonly over?: "sum" | "mean";
}

/**
 * Learning without forgetting (Li and Hoiem, 2016): the network of the experience before, frozen, is the teacher of what
 * it knew, on the images of today. Distillation is T²·cross-entropy between both softmaxes at temperature T (Hinton et
 * al., 2015); in the scenario `task` one for each earlier head, averaged; otherwise over all units that compete, where the
 * teacher gives new ones 0 (van de Ven's code).
 *
 * Avalanche's `LwF` takes the KL divergence over the units seen before and leaves out T²: the same gradient but for the
 * factor.
 *
 * @throws {RangeError} if an option is out of its range
 */
export function lwf({ temperature = 2, weight = "byExperience", over = "sum" }: LwfOptions = {}): ContinualStrategy {
  if (!(temperature > 0) || !(weight === "byExperience" || weight >= 0)) {
    throw new RangeError(
      "Cannot distil: the temperature must be above 0 and the weight at least 0: " +
        `current values are ${temperature} and ${weight}`,
    );
  }
  return {
    name: "LwF",
    options: { temperature, weight, over },
    start(network) {
      const { stream } = network;
      let teacher: Snapshot | undefined;
      let learnt = 0;
      const learn = () => {
        teacher?.dispose();
        teacher = network.snapshot();
        learnt++;
      };
      return {
        teaching: () =>
          teacher && {
            teacher,
            temperature,
            labels: weight === "byExperience" ? 1 / (learnt + 1) : 1,
            heads: heads(weight === "byExperience" ? 1 - 1 / (learnt + 1) : weight),
          },
        afterExperience: () => Promise.try(learn),
        save: () => Promise.resolve({ data: learnt }),
        // The teacher is the network as it stands between experiences.
        restore: ({ data }) =>
          Promise.try(() => {
            learn();
            learnt = Number(data);
          }),
        dispose: () => teacher?.dispose(),
      };

      function heads(weight: number): TaughtHead[] {
        const before = stream.experiences.slice(0, learnt).map(({ units }) => units);
        const known = [...new Set(before.flat())];
        const all = [...new Set([...known, ...stream.experiences[learnt].units])];
        const pairs = stream.scenario === "task" ? before.map((units) => [units, units]) : [[known, all]];
        return pairs.map(([taught, competing]) => ({
          taught,
          competing,
          weight: weight * temperature ** 2 / pairs.length / (over === "mean" ? competing.length : 1),
        }));
      }
    },
  };
}
