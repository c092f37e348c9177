import { SetupError } from "./setup/step.ts";
import { say } from "./terminal.ts";

/** The release that everything here was tested with. */
export const testedDeno = "2.9.6";

/** Before 2.9 the kernel crashes the notebook runner (2.7) or swallows errors (2.8). */
export function isTooOld(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major < 2 || (major === 2 && minor < 9);
}

/**
 * Says so where this is another Deno than the tested one.
 *
 * @throws {SetupError} where it is too old
 */
export function requireDeno(version: string = Deno.version.deno): void {
  const remedy = `\`npx -y deno@${testedDeno} task …\` runs the tested one, ${testedDeno}.`;
  if (isTooOld(version)) {
    throw new SetupError(`Cannot go on: Deno 2.9 or newer is needed: current value is ${version}. ${remedy}`);
  }
  if (version !== testedDeno) say(`This is Deno ${version}, not the one that Curio was tested with. ${remedy}`);
}
