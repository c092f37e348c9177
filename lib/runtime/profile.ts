/** How much work a notebook does: `smoke` in under a minute, `quick` in minutes, `full` as the assignment is graded. */
export type ProfileName = "smoke" | "quick" | "full";

const names: readonly ProfileName[] = ["smoke", "quick", "full"];

/**
 * The profile of this process: `CURIO_PROFILE`, or `quick`.
 *
 * @throws {RangeError} if `CURIO_PROFILE` names no profile
 */
export function profileName(): ProfileName {
  const wanted = Deno.env.get("CURIO_PROFILE") || "quick";
  const name = names.find((known) => known === wanted);
  if (name === undefined) {
    throw new RangeError(
      `Cannot choose a profile: CURIO_PROFILE must be one of ${
        names.join(", ")
      }, or unset for quick: current value is ` +
        JSON.stringify(wanted),
    );
  }
  return name;
}

/**
 * The one of three values that belongs to the profile of this process.
 *
 * @throws {RangeError} if `CURIO_PROFILE` names no profile
 *
 * @example
 * ```ts
 * import { profile } from "curio";
 *
 * const epochs = profile({ smoke: 1, quick: 8, full: 40 });
 * ```
 */
export function profile<T>(values: Readonly<Record<ProfileName, T>>): T {
  return values[profileName()];
}
