import { statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataFolders } from "../../data/data_folders.ts";
import { DataFormatError } from "../../data/data_format_error.ts";
import { unpackAll } from "../../data/download/unpack_archive.ts";
import { installedTensorFlow } from "../../runtime/addon.ts";
import { projectRoot } from "../../runtime/project_root.ts";
import { thisSite, venvPath, venvPython } from "../setup/site.ts";
import { isolatedCommand, type Mount } from "./bubblewrap.ts";
import type { Isolation } from "./isolation.ts";
import type { Limits } from "./limits.ts";
import { readBounded } from "./read_bounded.ts";
import { type Observed, watchLimits } from "./watch_limits.ts";

/** One of the places where submissions run side by side, each with cores of its own. */
export interface Lane {
  readonly number: number;
  readonly cores: readonly number[];
}

/** Where things are for those inside a sandbox. */
export interface SandboxPlaces {
  /** The project's folder: the grader's `lib`, packages and data in it, the submission's notebooks. */
  readonly project: string;
  readonly python: string;
  readonly deno: string;
  /** The folder of the runner's own scripts. */
  readonly scripts: string;
  /** What is put here comes out. */
  readonly reports: string;
}

/** What {@linkcode runInSandbox} is told. */
export interface SandboxOptions {
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly lane: Lane;
  /** An empty folder of the grader's. */
  readonly work: string;
  /** Folders of the grader's that are copied into the sandbox's project before it begins. */
  readonly copies?: readonly { readonly from: string; readonly to: string }[];
  /** The library that they import; the grader's by default. */
  readonly lib?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds to save what there is when a limit is broken. */
  readonly graceSeconds?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** How it went. */
export interface SandboxRun extends Observed {
  readonly code: number;
  /** The end of what was written to standard error. */
  readonly said: string;
  readonly seconds: number;
  /** A folder of the grader's with what was in the sandbox's reports. */
  readonly results: string;
}

/** What `confined.py` reads. */
interface Confinement {
  readonly parent: number | null;
  readonly cores: readonly number[];
  readonly fileBytes: number;
  /** Processes and threads; null where the system would count all that the grader runs. */
  readonly tasks: number | null;
  readonly folders: readonly string[];
  readonly shared: readonly (readonly [string, string])[];
  readonly copies: readonly (readonly [string, string])[];
  readonly steps: readonly (readonly string[])[];
  readonly results: readonly [string, string, number];
}

/** Of TensorFlow, V8 and the rest: a limit for those who start processes faster than anyone can watch. */
const threadsPerProcess = 16;
/** What a sandbox may hand out, in bytes. */
const mostResults = 256 * 2 ** 20;
const mostResultFiles = 2000;
/** An address that is nobody's (RFC 5737): asking it leaves a trace, where asking this machine would not. */
const resolver = "nameserver 192.0.2.1\noptions timeout:1 attempts:1\n";
const hosts = "127.0.0.1 localhost\n::1 localhost\n";
const ownScripts = fileURLToPath(new URL("../python", import.meta.url));
/** Caches of what takes long and cannot be forged; runs of the grader's own experiments stay out. */
const sharedCaches = ["embeddings", "photos"];
const passedOn = ["CURIO_DATASET", "CURIO_BACKBONES", "CURIO_BACKEND", "CURIO_ENGINE", "CUDA_VISIBLE_DEVICES"];

/**
 * Runs commands one after the other in a project of their own: the grader's library and packages, data and caches, which
 * can be read and not written, and notebooks; a folder in memory for all that is written; limits that nothing inside can
 * raise. Without Bubblewrap the limits hold and the walls do not.
 */
export async function runInSandbox(
  steps: (places: SandboxPlaces) => readonly (readonly string[])[],
  { isolation, limits, lane, work, copies = [], lib, env = {}, graceSeconds = 10, onLine, signal }: SandboxOptions,
): Promise<SandboxRun> {
  const isIsolated = isolation.kind === "bubblewrap";
  const project = isIsolated ? projectRoot : join(work, "project");
  const places: SandboxPlaces = {
    project,
    python: join(project, ".venv", "bin", "python"),
    deno: join(project, ".venv", "bin", "deno"),
    scripts: isIsolated ? "/curio" : ownScripts,
    reports: join(project, "reports"),
  };
  const archive = join(work, "results.tar");
  await Deno.writeFile(archive, new Uint8Array());
  const shown = await shownEntries({ project, lib: lib ?? join(projectRoot, "lib") });
  const caches = await sharedFolders(isIsolated);
  const confinement: Confinement = {
    parent: isIsolated ? null : Deno.pid,
    cores: lane.cores,
    fileBytes: limits.disk,
    tasks: isIsolated && countsBySandbox() ? threadsPerProcess * limits.processes : null,
    folders: ["reports", "notebooks", "data/caches", ".home", ".tmp"].map((folder) => join(project, folder)),
    shared: caches.map(({ kind, at }) => [at, join(project, "data", "caches", kind)]),
    copies: copies.map(({ from, to }, place) => [isIsolated ? `/copies/${place}` : from, join(project, to)]),
    steps: steps(places),
    results: [places.reports, isIsolated ? join(project, ".results.tar") : archive, mostResults],
  };
  const command = [places.python, "-B", join(places.scripts, "confined.py"), JSON.stringify(confinement)];
  const around = { ...environment(project), CURIO_MEMORY_GB: `${0.75 * limits.memory / 1e9}`, ...env };
  if (isIsolated) {
    await Deno.writeTextFile(join(work, "resolv.conf"), resolver);
    await Deno.writeTextFile(join(work, "hosts"), hosts);
  } else {
    await linkAll(shown);
  }
  const [program, ...args] = !isIsolated ? command : isolatedCommand(isolation, {
    command,
    mounts: [
      ...shown,
      ...caches.map(({ from, at }) => ({ from, at })),
      { from: ownScripts, at: "/curio" },
      ...copies.map(({ from }, place) => ({ from, at: `/copies/${place}` })),
      { from: archive, at: join(project, ".results.tar"), writable: true },
      ...["resolv.conf", "hosts"].map((name) => ({ from: join(work, name), at: `/etc/${name}` })),
      ...await pythonMounts(),
    ],
    writable: { path: project, bytes: limits.disk },
    cwd: project,
    env: around,
    devices: installedTensorFlow()?.device === "gpu",
  });
  const began = performance.now();
  const child = new Deno.Command(program, {
    args,
    cwd: isIsolated ? undefined : project,
    env: around,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = watchLimits(child.pid, {
    limits,
    depth: isIsolated ? 4 : 2,
    graceSeconds,
    diskUsed: isIsolated ? (pid) => usedIn(`/proc/${pid}/root${project}`) : () => diskUsage(project),
  });
  const abort = () => {
    try {
      child.kill("SIGKILL");
    } catch { /* it has ended */ }
  };
  signal?.addEventListener("abort", abort);
  try {
    const [, said, { code }] = await Promise.all([
      readBounded(child.stdout, { onLine }),
      readBounded(child.stderr),
      child.status,
    ]);
    const observed = stop();
    signal?.throwIfAborted();
    const results = join(work, "results");
    await Deno.mkdir(results);
    // An archive that is damaged was damaged inside: whoever does that has no results.
    await unpackAll(archive, { folder: results, limit: mostResults, mostFiles: mostResultFiles }).catch((error) => {
      if (!(error instanceof DataFormatError)) throw error;
    });
    return { ...observed, code, said, seconds: (performance.now() - began) / 1000, results };
  } finally {
    stop();
    signal?.removeEventListener("abort", abort);
  }
}

/** The project less what is written to: at the same places for everyone inside. */
async function shownEntries({ project, lib }: { project: string; lib: string }): Promise<Required<Mount>[]> {
  const entries = ["deno.json", "deno.lock", "node_modules", ".venv"].map((name) => [join(projectRoot, name), name]);
  const data = join(projectRoot, "data");
  for (const { name } of await Array.fromAsync(Deno.readDir(data))) {
    if (name !== "caches") entries.push([join(data, name), join("data", name)]);
  }
  const mounts = [...entries, [lib, "lib"]]
    .map(([from, name]) => ({ from, at: join(project, name), writable: false }));
  const others = project === projectRoot ? dataFolders().filter((folder) => folder !== data) : [];
  return [...mounts, ...others.map((folder) => ({ from: folder, at: folder, writable: false }))];
}

async function linkAll(mounts: readonly Required<Mount>[]): Promise<void> {
  for (const { from, at } of mounts) {
    await Deno.mkdir(join(at, ".."), { recursive: true });
    await Deno.symlink(from, at);
  }
}

async function sharedFolders(isIsolated: boolean): Promise<{ kind: string; from: string; at: string }[]> {
  const caches = sharedCaches.map((kind) => {
    const from = join(projectRoot, "data", "caches", kind);
    return { kind, from, at: isIsolated ? `/caches/${kind}` : from };
  });
  const present = await Promise.all(caches.map(({ from }) => Deno.stat(from).then(() => true, () => false)));
  return caches.filter((_, place) => present[place]);
}

/** Where Python itself lies, of which `.venv` has the name alone. */
async function pythonMounts(): Promise<Mount[]> {
  const site = thisSite();
  const settings = await Deno.readTextFile(venvPath(site, "pyvenv.cfg"));
  const home = /^home = (.+)$/m.exec(settings)?.[1];
  const binaries = [await Deno.realPath(venvPython(site)), ...(home === undefined ? [] : [join(home, "python3")])];
  return [...new Set(binaries.map((binary) => join(binary, "..", "..")))]
    .filter((prefix) => prefix !== "/usr" && prefix !== "/").map((from) => ({ from }));
}

function environment(project: string): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) => passedOn.includes(name));
  return {
    ...Object.fromEntries(own),
    PATH: `${join(project, ".venv", "bin")}:/usr/local/bin:/usr/bin:/bin`,
    HOME: join(project, ".home"),
    TMPDIR: join(project, ".tmp"),
    DENO_DIR: join(project, ".home", "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    CURIO_DATA: Deno.env.get("CURIO_DATA") ?? "",
    CURIO_REPORTS: join(project, "reports"),
    CURIO_HEADLESS: "1",
    CURIO_OFFLINE: "1",
  };
}

/**
 * Since Linux 5.14 processes are counted in each user namespace; before, among all that their user runs. Those of root are
 * never limited: where root grades, watching has to do.
 */
function countsBySandbox(): boolean {
  const [major, minor] = Deno.osRelease().split(".").map(Number);
  return Deno.uid() !== 0 && (major > 5 || major === 5 && minor >= 14);
}

function usedIn(path: string): number {
  try {
    const { blocks, bfree, bsize } = statfsSync(path);
    return (blocks - bfree) * bsize;
  } catch {
    return 0; // it has ended
  }
}

function diskUsage(path: string): number {
  try {
    const { isDirectory, size, blocks } = Deno.lstatSync(path);
    const own = blocks === null ? size : blocks * 512;
    if (!isDirectory) return own;
    return [...Deno.readDirSync(path)].reduce((sum, { name }) => sum + diskUsage(join(path, name)), own);
  } catch {
    return 0; // it was there a moment ago
  }
}
