import { findCommand, runCommand } from "../command.ts";
import type { Site } from "./site.ts";

/** A Python on this machine. */
export interface FoundPython {
  readonly command: string;
  readonly version: string;
  /** Whether it is 3.10 or newer. */
  readonly isNewEnough: boolean;
  /** Whether it can make an environment with pip in it; Debian keeps that in a package of its own. */
  readonly canMakeEnvironments: boolean;
}

const names = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const question = "import sys, importlib.util as u; print('%d.%d.%d' % sys.version_info[:3], " +
  "sys.version_info >= (3, 10), all(map(u.find_spec, ['venv', 'ensurepip'])))";

/** Every Python on the search path, in the order in which set-up would take them. */
export async function findPythons({ env }: Site): Promise<FoundPython[]> {
  const found: FoundPython[] = [];
  for (const name of names) {
    const command = findCommand(name, env.PATH);
    if (command === undefined) continue;
    const { code, stdout } = await runCommand([command, "-c", question], { env });
    const [version, isNewEnough, canMakeEnvironments] = stdout.trim().split(" ");
    if (code !== 0) continue; // a stub, as of a version manager with no such version
    found.push({
      command,
      version,
      isNewEnough: isNewEnough === "True",
      canMakeEnvironments: canMakeEnvironments === "True",
    });
  }
  return found;
}

/** The first that is new enough and complete. */
export function usablePython(pythons: readonly FoundPython[]): FoundPython | undefined {
  return pythons.find((python) => python.isNewEnough && python.canMakeEnvironments);
}

/** What is the matter where none is usable, and the way out. */
export function pythonRemedy(pythons: readonly FoundPython[]): string {
  const incomplete = pythons.find((python) => python.isNewEnough);
  if (incomplete !== undefined) {
    return `${incomplete.command} (${incomplete.version}) has no venv or ensurepip module. Install it: on Debian or ` +
      "Ubuntu `sudo apt install python3-venv`; without root, any Python from `uv python install 3.12` or conda will do.";
  }
  const old = pythons[0];
  return `${
    old ? `${old.command} is Python ${old.version}, and 3.10 or newer is needed` : "No Python was found on PATH"
  }. Install one: on Debian or Ubuntu \`sudo apt install python3 python3-venv\`, on Fedora \`sudo dnf install ` +
    "python3`; without root, `uv python install 3.12` or conda. It need only be on PATH as python3 or python3.x.";
}
