/**
 * The seed of this process: `CURIO_SEED`, by which a grader runs a notebook again with another one, or 1.
 *
 * @throws {RangeError} if `CURIO_SEED` is not an integer of 0 or more
 *
 * @example
 * ```ts
 * import { Random, runSeed } from "curio";
 *
 * const random = new Random(runSeed());
 * ```
 */
export function runSeed(): number {
  const wanted = Deno.env.get("CURIO_SEED") || "1";
  const seed = Number(wanted);
  if (/^\d+$/.test(wanted) && Number.isSafeInteger(seed)) return seed;
  throw new RangeError(
    `Cannot choose a seed: CURIO_SEED must be an integer of 0 or more, or unset for 1: current value is ` +
      JSON.stringify(wanted),
  );
}
