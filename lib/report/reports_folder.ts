import { join, resolve } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";

/** Where results are written: `CURIO_REPORTS`, or `reports/` in the project. */
export function reportsFolder(): string {
  const wanted = Deno.env.get("CURIO_REPORTS");
  return wanted ? resolve(wanted) : join(projectRoot, "reports");
}

/**
 * `name` as the beginning of a file name.
 *
 * @throws {RangeError} if it holds anything but letters, digits, `.`, `_` and `-`, or begins with a dot
 */
export function checkFileName(name: string): string {
  if (!/^[\p{L}\p{N}_-][\p{L}\p{M}\p{N}._-]*$/u.test(name) || name.length > 120) {
    throw new RangeError(
      "Cannot name a file: a name is 1 to 120 letters, digits, dots, dashes and underscores and does not begin with a " +
        `dot: current value is ${JSON.stringify(name)}. Try something like "01-confusion".`,
    );
  }
  return name;
}
