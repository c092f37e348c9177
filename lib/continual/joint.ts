import type { ContinualStrategy } from "./continual_strategy.ts";
import { wholeExperiences } from "./whole_experiences.ts";

/**
 * Learns the whole stream at once, at its first experience, with as many steps as the stream would have taken: the upper
 * bound. The rows of its accuracy matrix are alike. Avalanche's `JointTraining`.
 */
export function joint(): ContinualStrategy {
  return {
    name: "joint",
    options: {},
    start({ stream }) {
      const { length } = stream.experiences;
      const all = wholeExperiences(stream, stream.experiences.keys());
      return {
        lesson: ({ number }) => ({ examples: number === 0 ? all : [], seen: length - 1, effort: length }),
        memory: () => all,
      };
    },
  };
}
