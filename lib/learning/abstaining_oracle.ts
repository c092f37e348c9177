import type { Oracle } from "./oracle.ts";

/** When an {@linkcode abstainingOracle} says nothing. */
export interface AbstainingOptions {
  /** Probability of no answer: one for all classes, or one for each (what is hard to tell is left out more often). */
  readonly rate: number | readonly number[];
}

/**
 * An oracle that does not answer every question. What it says about an item is drawn by the item's index.
 *
 * @throws {RangeError} if a rate is not in [0, 1]
 *
 * @example
 * ```ts
 * import { abstainingOracle, Random, simulatedOracle } from "curio";
 * import assert from "node:assert/strict";
 *
 * const oracle = abstainingOracle(simulatedOracle({ labels: [0, 1] }), { rate: [0, 1] });
 * assert.deepEqual(await oracle.ask(Int32Array.of(0, 1), { random: new Random(1), round: 0 }), [0, null]);
 * ```
 */
export function abstainingOracle(oracle: Oracle, { rate }: AbstainingOptions): Oracle {
  for (const value of [rate].flat()) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`Cannot make an abstaining oracle: a rate must be in 0…1: current value is ${value}`);
    }
  }
  return {
    ...oracle,
    describe: { kind: "abstaining", rate, of: oracle.describe },
    async ask(indices, { onAnswer: _, ...options }) {
      const answers = await oracle.ask(indices, options);
      const lot = (index: number) => options.random.child("abstain").child(index).next();
      return answers.map((answer, place) => {
        if (answer === null) return null;
        const silence = typeof rate === "number" ? rate : rate[answer];
        return lot(indices[place]) < silence ? null : answer;
      });
    },
  };
}
