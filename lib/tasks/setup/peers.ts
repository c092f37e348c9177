import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { lastLines } from "../command.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { findPythons, pythonRemedy, usablePython } from "./find_python.ts";
import { runPip, runPython } from "./run_python.ts";
import { type Site, venvPath } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

const requirements = fileURLToPath(new URL("../../../tests/bench/peers/requirements.txt", import.meta.url));

/** The interpreter that has the peers of the benchmark. */
export function peersPython(site: Site): string {
  return venvPath(site, "peers", "bin", "python");
}

/** The Python libraries that the benchmark compares with, in an environment of their own. */
export function peersStep(site: Site): Step {
  const stamp = venvPath(site, "peers", "installed.txt");
  return {
    name: "Python libraries to compare with",
    fetches: 900e6,
    disk: 3e9,
    seconds: 180,
    isDone: async () => await Deno.readTextFile(stamp).catch(() => "") === await Deno.readTextFile(requirements),
    async run(progress) {
      progress("looking for Python");
      const pythons = await findPythons(site);
      const python = usablePython(pythons);
      if (python === undefined) throw new SetupError(`Cannot install the peers: ${pythonRemedy(pythons)}`);
      const { code, stdout, stderr } = await runPython(site, [
        python.command,
        "-m",
        "venv",
        "--clear",
        venvPath(site, "peers"),
      ]);
      if (code !== 0) throw new SetupError(`Cannot make an environment for the peers:\n${lastLines(stdout + stderr)}`);
      await runPip(site, ["install", "--no-compile", "-r", requirements], {
        python: peersPython(site),
        onLine: (line) => {
          if (/^(Collecting|Downloading|Installing) /.test(line)) progress(line.slice(0, 60));
        },
      });
      await writeFileAtomic(stamp, await Deno.readTextFile(requirements));
      return `in ${join(".venv", "peers")}`;
    },
  };
}
