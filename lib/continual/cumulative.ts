import { z } from "zod";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { type Exemplar, exemplarSchema } from "./exemplar.ts";

/** What {@linkcode cumulative} may be told. */
export interface CumulativeOptions {
  /** Whether each experience is learnt by a new network (Avalanche's `FromScratchTraining` on all data); default false. */
  readonly fromScratch?: boolean;
}

/**
 * Learns each experience together with all before it, as if nothing ever had to be thrown away: an upper bound at each
 * experience. Avalanche's `Cumulative`; the “offline” of van de Ven and Tolias (2018), table 3, which trains 2,000
 * iterations at each task on all data so far.
 */
export function cumulative({ fromScratch = false }: CumulativeOptions = {}): ContinualStrategy {
  return {
    name: "cumulative",
    options: { fromScratch },
    start() {
      let past: readonly Exemplar[] = [];
      return {
        lesson: ({ own }) => ({ examples: [...past, ...own], fromScratch }),
        afterExperience: ({ own }) =>
          Promise.try(() => {
            past = [...past, ...own];
          }),
        memory: () => past,
        save: () => Promise.resolve({ data: past }),
        restore: ({ data }) =>
          Promise.try(() => {
            past = z.array(exemplarSchema).parse(data);
          }),
      };
    },
  };
}
