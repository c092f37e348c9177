import { fileURLToPath } from "node:url";
import { lastLines } from "../command.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { findPythons, pythonRemedy, usablePython } from "./find_python.ts";
import { runPip, runPython } from "./run_python.ts";
import { type Site, venvPath, venvPython } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/** What executes notebooks: a Python environment in `.venv` with nbclient and nbconvert. */
export function pythonStep(site: Site): Step {
  return {
    name: "Python environment with the notebook runner",
    fetches: 8e6,
    disk: 60e6,
    seconds: 20,
    isDone: () => isInstalled(site, "notebooks"),
    run: (progress) => install(site, "notebooks", progress),
  };
}

/** JupyterLab, into the same environment; only `deno task lab` wants it. */
export function labStep(site: Site): Step {
  return {
    name: "JupyterLab",
    fetches: 45e6,
    disk: 170e6,
    seconds: 30,
    isDone: () => isInstalled(site, "lab"),
    run: (progress) => install(site, "lab", progress),
  };
}

type Requirements = "notebooks" | "lab";

const requirementsFile = (name: Requirements) => fileURLToPath(new URL(`../python/${name}.txt`, import.meta.url));
const stampFile = (site: Site, name: Requirements) => venvPath(site, `installed-${name}.txt`);

/** The stamp is a copy of the requirements, written last: a changed list and a broken-off install are both "not done". */
async function isInstalled(site: Site, name: Requirements): Promise<boolean> {
  const [wanted, stamped] = await Promise.all(
    [requirementsFile(name), stampFile(site, name)].map((path) => Deno.readTextFile(path).catch(() => "")),
  );
  return wanted === stamped && await exists(venvPython(site));
}

async function install(site: Site, name: Requirements, progress: (text: string) => void): Promise<string> {
  const unfinished = venvPath(site, "installing");
  if (await exists(unfinished) || !await isInstalled(site, "notebooks")) {
    await makeEnvironment(site, progress);
    if (name === "lab") await installRequirements(site, "notebooks", progress);
  }
  // While this file stands the environment may be half written, and pip cannot tell.
  await Deno.writeTextFile(unfinished, name);
  const count = await installRequirements(site, name, progress);
  await Deno.remove(unfinished);
  return `${count} packages`;
}

async function installRequirements(site: Site, name: Requirements, progress: (text: string) => void): Promise<number> {
  const requirements = requirementsFile(name);
  const content = await Deno.readTextFile(requirements);
  const packages = content.split("\n").filter((line) => /^\w/.test(line));
  let count = 0;
  await runPip(site, ["install", "--no-deps", "--no-compile", "--only-binary=:all:", "-r", requirements], {
    onLine(line) {
      if (line.startsWith("Collecting ")) count++;
      if (/^(Collecting|Downloading|Installing) /.test(line)) {
        progress(`${Math.min(count, packages.length)} of ${packages.length}, ${line.slice(0, 50)}`);
      }
    },
  });
  await writeFileAtomic(stampFile(site, name), content);
  return packages.length;
}

/** A new environment in the place of an old or half-made one; what else lies in `.venv` stays. */
async function makeEnvironment(site: Site, progress: (text: string) => void): Promise<void> {
  progress("looking for Python");
  const pythons = await findPythons(site);
  const python = usablePython(pythons);
  if (python === undefined) throw new SetupError(`Cannot make the Python environment: ${pythonRemedy(pythons)}`);
  progress(`making it with Python ${python.version}`);
  const parts = ["bin", "lib", "lib64", "include", "pyvenv.cfg", "installed-notebooks.txt", "installed-lab.txt"];
  for (const part of parts) {
    await Deno.remove(venvPath(site, part), { recursive: true }).catch(ignoreMissing);
  }
  const { code, stdout, stderr } = await runPython(site, [python.command, "-m", "venv", venvPath(site)]);
  if (code !== 0) {
    throw new SetupError(
      `Cannot make the Python environment with ${python.command}:\n${lastLines(stdout + stderr)}\n` +
        "On Debian or Ubuntu, `sudo apt install python3-venv` mends this; otherwise put another Python first on PATH.",
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
