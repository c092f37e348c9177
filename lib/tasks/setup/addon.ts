import { dirname, join, relative } from "node:path";
import type { Backend } from "../../runtime/tensorflow.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { findCommand, lastLines, runCommand } from "../command.ts";
import { probeBackend } from "../probe.ts";
import type { TensorFlowChoice } from "./choose_tensorflow.ts";
import { runPip } from "./run_python.ts";
import { type Site, venvPath, venvPython } from "./site.ts";
import { SetupError, type Step } from "./step.ts";
import { unpackedLibrary } from "./tensorflow_library.ts";

/** The compilers that set-up looks for, best first; the variable CXX goes before them. */
export const compilerNames = ["c++", "g++", "clang++"];

/** A C++ compiler on this machine, or `undefined`. */
export function findCompiler({ env }: Site): string | undefined {
  const names = env.CXX ? [env.CXX, ...compilerNames] : compilerNames;
  return names.map((name) => name.includes("/") ? name : findCommand(name, env.PATH)).find(Boolean);
}

/** What installed.json holds beside what the runtime reads of it. */
interface AddonNote {
  readonly package: string;
  readonly version: string;
  readonly device: "cpu" | "gpu";
  readonly reason: string;
  /** The npm package's version, and how its addon came about. */
  readonly binding: string;
  readonly addon: string;
}

/**
 * What lets JavaScript call TensorFlow: the addon of `@tensorflow/tfjs-node-gpu`, compiled here against the library.
 * Without a compiler one is borrowed from PyPI (Zig's) for the occasion; where that fails too there is the prebuilt
 * addon that the package itself can fetch; and then WebGPU, which needs none.
 */
export function addonStep(site: Site, choice: TensorFlowChoice): Step {
  return {
    name: "TensorFlow's bridge to JavaScript",
    // The borrowed compiler goes again once it has done its work.
    ...(findCompiler(site) ? { fetches: 0, disk: 1e6, seconds: 15 } : { fetches: 94e6, disk: 460e6, seconds: 90 }),
    isDone: () => isDone(site, choice),
    async run(progress) {
      const failures: string[] = [];
      for (const make of choice.package === "prebuilt" ? [fetchPrebuilt] : [compile, compileWithZig, fetchPrebuilt]) {
        try {
          const note = await make(site, progress);
          progress("trying it");
          const probe = await probeBackend("tensorflow", site.env);
          if ("failure" in probe) throw new SetupError(`it does not load (${probe.failure})`);
          const reason = [...failures, note.reason, ...complaint(note, probe.backend)].join("; ");
          await keepNote(site, { ...note, reason });
          return `${note.addon}: ${reason}`;
        } catch (error) {
          if (!(error instanceof SetupError)) throw error;
          failures.push(error.message);
        }
      }
      return await fallBackToWebGPU(site, failures, progress);
    },
  };
}

/** Where the library was made for a GPU and computes without it. */
function complaint(note: AddonNote, { device }: Backend): string[] {
  if (note.device === device) return [];
  return ["TensorFlow does not find the CUDA libraries that it needs, and the processor computes"];
}

async function isDone(site: Site, choice: TensorFlowChoice): Promise<boolean> {
  const note = await readNote(site);
  if (note === undefined || note.binding !== await bindingVersion(site)) return false;
  if (note.package === "webgpu") return findCompiler(site) === undefined;
  const library = await unpackedLibrary(site);
  const there = note.package === "prebuilt" ? addonPath(site) : keptPath(site);
  return await Deno.stat(there).then(() => true, () => false) && (note.package === "prebuilt" ||
    note.package === choice.package && note.version === library?.version && note.device === library.device);
}

const packageFolder = ({ root }: Site) => join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");
const addonPath = (site: Site) => join(packageFolder(site), "lib", "napi-v8", "tfjs_binding.node");
const keptPath = (site: Site) => venvPath(site, "tensorflow", "tfjs_binding.node");
const notePath = (site: Site) => venvPath(site, "tensorflow", "installed.json");

async function readNote(site: Site): Promise<AddonNote | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(notePath(site)));
  } catch {
    return undefined;
  }
}

async function keepNote(site: Site, note: AddonNote): Promise<void> {
  await writeFileAtomic(notePath(site), JSON.stringify(note, null, 2) + "\n");
}

async function bindingVersion(site: Site): Promise<string> {
  return JSON.parse(await Deno.readTextFile(join(packageFolder(site), "package.json"))).version;
}

async function compile(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  const compiler = findCompiler(site);
  if (compiler === undefined) throw new SetupError(`no C++ compiler on PATH (${compilerNames.join(", ")})`);
  return await compileWith(site, { command: [compiler], name: compiler, env: site.env, progress });
}

async function compileWithZig(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  const folder = venvPath(site, "tensorflow", "compiler");
  try {
    progress("fetching a compiler (94 MB)");
    const pip = ["install", "--quiet", "--no-deps", "--no-compile", "--only-binary=:all:", "--target", folder];
    await runPip(site, [...pip, "ziglang==0.15.1"]);
    return await compileWith(site, {
      command: [venvPython(site), "-m", "ziglang", "c++"],
      name: "Zig's compiler, fetched for the occasion",
      env: { ...site.env, PYTHONPATH: folder, ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder },
      progress,
    });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

interface CompileOptions {
  readonly command: readonly string[];
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly progress: (text: string) => void;
}

async function compileWith(site: Site, { command, name, env, progress }: CompileOptions): Promise<AddonNote> {
  const library = await unpackedLibrary(site);
  if (library === undefined) throw new SetupError("the TensorFlow library is not unpacked");
  const libraries = venvPath(site, "tensorflow", "tensorflow");
  const source = await Deno.realPath(packageFolder(site));
  const headers = await Deno.realPath(join(site.root, "node_modules", "node-api-headers", "include"));
  // A name of its own: the compiler of a set-up that was killed may still be writing.
  const aside = `${keptPath(site)}.${Deno.pid}.partial`;
  progress(`compiling with ${name}`);
  const result = await runCommand([
    ...command,
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8", `-I${headers}`, `-I${join(libraries, "include")}`],
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(source, "binding", file)),
    ...["-o", aside],
    ...["cc", "framework"].map((part) => join(libraries, `libtensorflow_${part}.so.2`)),
    // Relative, so that the project may be moved.
    `-Wl,-rpath,$ORIGIN/${relative(join(source, "lib", "napi-v8"), await Deno.realPath(libraries))}`,
  ], { env });
  if (result.code !== 0) throw new SetupError(`${name} fails: ${lastLines(result.stderr, 3)}`);
  await Deno.rename(aside, keptPath(site));
  await Deno.mkdir(dirname(addonPath(site)), { recursive: true });
  await Deno.copyFile(keptPath(site), `${addonPath(site)}.${Deno.pid}`);
  await Deno.rename(`${addonPath(site)}.${Deno.pid}`, addonPath(site));
  const { package: package_, version, device, reason } = library;
  const binding = await bindingVersion(site);
  return { package: package_, version, device, reason, binding, addon: `compiled with ${name}` };
}

/** What the package's own install script fetches: an addon and TensorFlow 2.9, from its makers' storage. */
async function fetchPrebuilt(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  const node = findCommand("node", site.env.PATH);
  if (node === undefined) throw new SetupError("the package's prebuilt addon needs Node on PATH to be fetched");
  const source = await Deno.realPath(packageFolder(site));
  // In a copy beside it: the script rewrites its package.json, and Deno's packages are links into a shared cache.
  const copy = `${source}.prebuilt`;
  await Deno.remove(copy, { recursive: true }).catch(() => {});
  try {
    for (const part of ["scripts", "package.json"]) await copyTree(join(source, part), join(copy, part));
    progress("fetching the package's prebuilt addon and TensorFlow 2.9");
    const result = await runCommand([node, "scripts/install.js", "cpu", "download"], {
      cwd: copy,
      env: { ...site.env, PATH: `${join(site.root, "node_modules", ".bin")}:${site.env.PATH}` },
      onLine: (line) => progress(line.trim().slice(0, 60)),
    });
    const built = await Deno.stat(join(copy, "lib", "napi-v8", "tfjs_binding.node")).then(() => true, () => false);
    if (result.code !== 0 || !built) {
      const why = /^.*\b(Error|error)\b.*$/m.exec(result.stderr)?.[0] ?? lastLines(result.stderr, 1);
      throw new SetupError(`the package's prebuilt addon cannot be fetched (${why.trim()})`);
    }
    for (const part of ["deps", "lib"]) {
      await Deno.remove(join(source, part), { recursive: true }).catch(() => {});
      await Deno.rename(join(copy, part), join(source, part));
    }
  } finally {
    await Deno.remove(copy, { recursive: true }).catch(() => {});
  }
  await Deno.remove(keptPath(site)).catch(() => {});
  return {
    package: "prebuilt",
    version: "2.9.1",
    device: "cpu",
    reason: "the package's own prebuilt addon",
    binding: await bindingVersion(site),
    addon: "prebuilt",
  };
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  for await (const { name } of Deno.readDir(from)) await copyTree(join(from, name), join(to, name));
}

async function fallBackToWebGPU(
  site: Site,
  failures: readonly string[],
  progress: (text: string) => void,
): Promise<string> {
  progress("trying WebGPU");
  const probe = await probeBackend("webgpu", site.env);
  const reasons = failures.join("; ");
  if ("failure" in probe) {
    throw new SetupError(
      `Cannot find anything to compute with: ${reasons}; and WebGPU does not start (${probe.failure}).\n` +
        "Install a C++ compiler (Debian and Ubuntu: `sudo apt install g++`; Fedora: `sudo dnf install gcc-c++`; " +
        "without root: conda's gxx) and run the same command again.",
    );
  }
  await keepNote(site, {
    package: "webgpu",
    version: "",
    device: "gpu",
    reason: reasons,
    binding: await bindingVersion(site),
    addon: "none",
  });
  return `WebGPU computes instead, slower (${probe.backend.library}): ${reasons}`;
}
