import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { findCommand, runCommand } from "./command.ts";
import { probeBackend } from "./probe.ts";
import { isTooOld, testedDeno } from "./require_deno.ts";
import { compilerNames, findCompiler } from "./setup/find_compiler.ts";
import { findGpu, tensorflowVersion } from "./setup/choose_tensorflow.ts";
import { findPythons, pythonRemedy, usablePython } from "./setup/find_python.ts";
import { kernelStep } from "./setup/kernel.ts";
import { packagesStep } from "./setup/packages.ts";
import { labStep, pythonStep } from "./setup/python_environment.ts";
import { haveRowKernels, readKernelNote } from "./setup/row_kernels.ts";
import type { Site } from "./setup/site.ts";
import { unpackedLibrary } from "./setup/tensorflow_library.ts";
import { bytesText } from "./terminal.ts";

/** What an examination found: one line of the report. */
export interface Finding {
  readonly what: string;
  /** `missing` is needed and fails the check-up; `lacking` is worth having. */
  readonly state: "ok" | "lacking" | "missing";
  readonly text: string;
  /** How to get what is not there. */
  readonly remedy?: string;
}

async function havePackages(site: Site): Promise<boolean> {
  return await packagesStep(site).isDone();
}

function examineDeno(): Finding[] {
  const { deno } = Deno.version;
  const text = `${deno} at ${Deno.execPath()}`;
  if (deno === testedDeno) return [{ what: "Deno", state: "ok", text }];
  const remedy = `\`npx -y deno@${testedDeno} task …\` runs the release that Curio was tested with`;
  return [{ what: "Deno", state: isTooOld(deno) ? "missing" : "lacking", text, remedy }];
}

async function examinePython(site: Site): Promise<Finding[]> {
  const pythons = await findPythons(site);
  const python = usablePython(pythons);
  if (python !== undefined) return [{ what: "Python", state: "ok", text: `${python.version} at ${python.command}` }];
  const ready = await pythonStep(site).isDone();
  return [{
    what: "Python",
    state: ready ? "lacking" : "missing",
    text: ready ? "none on PATH, but the environment in .venv stands" : "none that is usable",
    remedy: pythonRemedy(pythons),
  }];
}

async function examineCompiler(site: Site): Promise<Finding[]> {
  const compiler = findCompiler(site);
  if (compiler !== undefined) {
    const { stdout } = await runCommand([compiler, "--version"], { env: site.env });
    return [{ what: "C++ compiler", state: "ok", text: `${compiler} (${stdout.split("\n")[0]})` }];
  }
  return [{
    what: "C++ compiler",
    state: "lacking",
    text: `none on PATH (${compilerNames.join(", ")})`,
    remedy: "set-up borrows one from PyPI (94 MB) where it must; or: Debian and Ubuntu `sudo apt install g++`, " +
      "Fedora `sudo dnf install gcc-c++`, without root conda's gxx",
  }];
}

async function examineProcessor(): Promise<Finding[]> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(info)?.[1].split(" "));
  const wanted = ["avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16"];
  const present = wanted.filter((flag) => flags.has(flag));
  const model = cpus()[0]?.model.trim() || Deno.build.arch;
  const cores = `${availableParallelism()} cores`;
  const memory = `${bytesText(totalmem())} of memory, ${bytesText(freemem())} free`;
  const noAvx = Deno.build.arch === "x86_64" && flags.size > 0 && !flags.has("avx");
  return [
    noAvx
      ? {
        what: "Processor",
        state: "missing",
        text: `${model}: without AVX, which TensorFlow's library needs`,
        remedy: "CURIO_BACKEND=webgpu, or another machine",
      }
      : { what: "Processor", state: "ok", text: `${model}, ${cores}, ${present.join(" ") || "features unknown"}` },
    { what: "Memory", state: totalmem() < 4e9 ? "lacking" : "ok", text: memory },
  ];
}

async function examineGpu(site: Site): Promise<Finding[]> {
  const gpu = await findGpu(site);
  return [{ what: "GPU", state: "ok", text: "name" in gpu ? gpu.name : `not used: ${gpu.missing}` }];
}

async function examineDisk({ root }: Site): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const text = `${bytesText(free)} free in ${root}`;
  if (free > 2e9) return [{ what: "Disk", state: "ok", text }];
  return [{ what: "Disk", state: "lacking", text, remedy: "set-up takes 1.6 GB; `deno task clean` gives it back" }];
}

const setUp = "`deno task setup`";

async function examinePackages(site: Site): Promise<Finding[]> {
  if (await havePackages(site)) return [{ what: "npm packages", state: "ok", text: "as in deno.lock" }];
  if (!existsSync(join(site.root, "node_modules"))) {
    return [{ what: "npm packages", state: "missing", text: "not installed", remedy: `${setUp} fetches them` }];
  }
  const text = "installed by something else than set-up, or for another deno.lock";
  return [{ what: "npm packages", state: "missing", text, remedy: `${setUp} makes sure of them` }];
}

async function examineEnvironment(site: Site): Promise<Finding[]> {
  const lab: Finding = await labStep(site).isDone()
    ? { what: "JupyterLab", state: "ok", text: "installed" }
    : { what: "JupyterLab", state: "lacking", text: "not installed", remedy: "`deno task lab` installs and opens it" };
  if (await pythonStep(site).isDone()) return [{ what: "Notebook runner", state: "ok", text: "in .venv" }, lab];
  return [{ what: "Notebook runner", state: "missing", text: "not installed", remedy: `${setUp} installs it` }, lab];
}

async function examineTensorFlow(site: Site): Promise<Finding[]> {
  const library = await unpackedLibrary(site);
  const what = "TensorFlow";
  if (library === undefined) {
    return [{ what, state: "lacking", text: "its library is not here", remedy: `${setUp} fetches it (274 MB)` }];
  }
  const text = `${library.package} ${library.version} for the ${library.device}: ${library.reason}`;
  if (library.version === tensorflowVersion) return [{ what, state: "ok", text }];
  return [{ what, state: "lacking", text, remedy: `${setUp} brings ${tensorflowVersion}` }];
}

async function examineBackend(site: Site): Promise<Finding[]> {
  const what = "Backend";
  if (!await havePackages(site)) {
    return [{ what, state: "missing", text: "not tried: packages are missing", remedy: setUp }];
  }
  const probe = await probeBackend(site.env.CURIO_BACKEND ?? "", site.env);
  if ("failure" in probe) {
    return [{ what, state: "missing", text: `does not start: ${probe.failure}`, remedy: `${setUp} repairs it` }];
  }
  const { name, library, device, threads, reason } = probe.backend;
  const text = `${name}: ${library} on the ${device}, ${threads} threads: ${reason}`;
  return [{ what, state: "ok", text }];
}

async function examineRowKernels(site: Site): Promise<Finding[]> {
  const what = "Row kernels";
  if (await haveRowKernels(site)) return [{ what, state: "ok", text: "compiled for this processor" }];
  const note = await readKernelNote(site);
  return [{
    what,
    state: "lacking",
    text: `in WebAssembly, on one thread: ${note?.reason ?? "not compiled yet"}`,
    remedy: note && !findCompiler(site) ? `a C++ compiler, then ${setUp}` : `${setUp} compiles them`,
  }];
}

async function examineWebGPU({ env }: Site): Promise<Finding[]> {
  const question = "const a = await navigator.gpu.requestAdapter(); " +
    "console.log(a ? [a.info.vendor, a.info.description].filter(Boolean).join(' ') || 'unnamed adapter' : '')";
  const { stdout } = await runCommand([Deno.execPath(), "eval", question], {
    env: { ...env, XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR ?? "/tmp" },
    signal: AbortSignal.timeout(20_000),
  });
  const adapter = stdout.trim();
  if (adapter !== "") return [{ what: "WebGPU", state: "ok", text: adapter }];
  return [{
    what: "WebGPU",
    state: "lacking",
    text: "no adapter",
    remedy: "only needed where TensorFlow cannot be had: a Vulkan driver (Debian: mesa-vulkan-drivers)",
  }];
}

async function examineKernel(site: Site): Promise<Finding[]> {
  if (await kernelStep(site).isDone()) return [{ what: "Jupyter kernel", state: "ok", text: "curio, in .venv" }];
  return [{ what: "Jupyter kernel", state: "missing", text: "not installed", remedy: `${setUp} installs it` }];
}

async function examineData(site: Site): Promise<Finding[]> {
  if (!await havePackages(site)) {
    return [{ what: "Data", state: "lacking", text: "not looked for: packages are missing" }];
  }
  const { findDatasets } = await import("./find_datasets.ts");
  const datasets = await findDatasets();
  const missing = datasets.filter(({ folder }) => folder === undefined).map(({ name }) => name);
  const found: Finding[] = datasets.filter(({ folder }) => folder !== undefined)
    .map(({ name, folder }) => ({ what: "Data", state: "ok", text: `${name} in ${folder}` }));
  if (missing.length === 0) return found;
  return [...found, {
    what: "Data",
    state: "lacking",
    text: `not here: ${missing.join(", ")}`,
    remedy: "fetched when they are first asked for; CURIO_DATA (a list like PATH) names folders to look through",
  }];
}

async function examineFonts({ root, env }: Site): Promise<Finding[]> {
  const own = existsSync(join(root, "node_modules", "dejavu-fonts-ttf"))
    ? "DejaVu, from npm, for figures"
    : "none of our own";
  const command = findCommand("fc-list", env.PATH);
  if (command === undefined) return [{ what: "Fonts", state: "ok", text: own }];
  const { stdout } = await runCommand([command, ":", "family"], { env });
  const count = new Set(stdout.split("\n").filter(Boolean)).size;
  return [{ what: "Fonts", state: "ok", text: `${own}; ${count} families on the system` }];
}

/** Looks at one thing each, in the order in which they stand on each other. */
export const examinations: readonly ((site: Site) => Finding[] | Promise<Finding[]>)[] = [
  examineDeno,
  examinePython,
  examineCompiler,
  examineProcessor,
  examineGpu,
  examineDisk,
  examinePackages,
  examineEnvironment,
  examineTensorFlow,
  examineBackend,
  examineRowKernels,
  examineWebGPU,
  examineKernel,
  examineData,
  examineFonts,
];
