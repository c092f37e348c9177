import { initialSet, type InitialSetOptions } from "../data/initial_set.ts";
import type { Oracle } from "./oracle.ts";

/** How {@linkcode simulatedOracle} chooses a stratified initial set. */
export type SimulatedOracleOptions = Pick<InitialSetOptions, "balance">;

/**
 * An oracle that reads the true label of exactly those items that it is asked about.
 *
 * A stratified initial set needs every label beforehand, and is the one thing that reads more.
 *
 * @example
 * ```ts
 * import { Random, simulatedOracle } from "curio";
 * import assert from "node:assert/strict";
 *
 * const oracle = simulatedOracle({ labels: [2, 0, 1] });
 * assert.deepEqual(await oracle.ask(Int32Array.of(2, 0), { random: new Random(1), round: 0 }), [1, 2]);
 * ```
 */
export function simulatedOracle(
  examples: { readonly labels: ArrayLike<number>; readonly checksum?: string },
  { balance }: SimulatedOracleOptions = {},
): Oracle {
  return {
    describe: { kind: "simulated", balance, checksum: examples.checksum },
    ask: (indices) => Promise.try(() => Array.from(indices, (index) => examples.labels[index])),
    stratified: (size, random) => initialSet(examples.labels, { size, balance, random }),
  };
}
