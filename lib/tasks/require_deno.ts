import { SetupError } from "./setup/step.ts";
import { say } from "./terminal.ts";

/** The release that everything here was tested with. */
export const testedDeno = "2.9.6";

/**
 * Says so where this is another Deno than the tested one.
 *
 * @throws {SetupError} for one before 2.9: the kernel of 2.7 crashes the notebook runner, that of 2.8 swallows errors
 */
export function requireDeno(version: string = Deno.version.deno): void {
  const [major, minor] = version.split(".").map(Number);
  const remedy = `\`npx -y deno@${testedDeno} task …\` runs the tested one, ${testedDeno}.`;
  if (major < 2 || (major === 2 && minor < 9)) {
    throw new SetupError(`Cannot go on: Deno 2.9 or newer is needed: current value is ${version}. ${remedy}`);
  }
  if (major > 2 || minor > 9) say(`This is Deno ${version}, newer than what Curio was tested with. ${remedy}`);
}
