import { dirname } from "node:path";
import { kernelLibrary, kernelSource } from "../../runtime/kernels/kernel_library.ts";
import { nativeKernels } from "../../runtime/kernels/row_kernels.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { lastLines, runCommand } from "../command.ts";
import { type Compiler, ownCompiler, withZig } from "./compiler.ts";
import { findCompiler } from "./find_compiler.ts";
import type { Site } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/**
 * The loops behind the query strategies, compiled for this processor. Where that fails, the same in WebAssembly serves,
 * which comes with the project: this step stops no set-up. It is done again for another processor or source, and after
 * a failure when there is another compiler.
 */
export function rowKernelsStep(site: Site): Step {
  const compiler = findCompiler(site);
  return {
    name: "query strategies' loops for this processor",
    ...(compiler ? { fetches: 0, disk: 1e5, seconds: 5 } : { fetches: 94e6, disk: 460e6, seconds: 90 }),
    isDone: async () => (await readKernelNote(site))?.compiler === (compiler ?? "") || await haveRowKernels(site),
    async run(progress) {
      try {
        if (compiler !== undefined) return await compileRowKernels(site, ownCompiler(site), progress);
        return await withZig(site, progress, (zig) => compileRowKernels(site, zig, progress));
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        const note: KernelNote = { compiler: compiler ?? "", reason: error.message.split("\n").slice(0, 2).join(" ") };
        await writeFileAtomic(notePath(site), JSON.stringify(note));
        return `WebAssembly serves instead: ${note.reason}`;
      }
    },
  };
}

/** Why there are no kernels for this processor. */
export interface KernelNote {
  /** The compiler that could not make them; empty where there was none on PATH. */
  readonly compiler: string;
  readonly reason: string;
}

/** What a compilation that failed left for this processor and source. */
export async function readKernelNote(site: Site): Promise<KernelNote | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(notePath(site)));
  } catch {
    return undefined;
  }
}

/** Whether the kernels are there for this processor and source. */
export async function haveRowKernels({ root }: Site): Promise<boolean> {
  return await Deno.stat(kernelLibrary(root)).then(() => true, () => false);
}

/**
 * Compiles the row kernels for this processor.
 *
 * @throws {SetupError} if they cannot be compiled, or then not be loaded
 */
export async function compileRowKernels(
  site: Site,
  { command, name, env }: Compiler,
  progress: (text: string) => void,
): Promise<string> {
  const path = kernelLibrary(site.root);
  // A name of its own: the compiler of a set-up that was killed may still be writing.
  const aside = `${path}.${Deno.pid}.partial`;
  await Deno.mkdir(dirname(path), { recursive: true });
  progress(`compiling with ${name}`);
  const flags = [
    "-O3",
    "-march=native",
    "-std=c++17",
    "-ffp-contract=off",
    "-Wno-psabi",
    "-shared",
    "-fPIC",
    "-pthread",
  ];
  const { code, stderr } = await runCommand([...command, ...flags, kernelSource, "-o", aside], { env });
  try {
    if (code !== 0) throw new SetupError(`${name} fails: ${lastLines(stderr, 3)}`);
    if (nativeKernels(aside) === undefined) throw new SetupError(`what ${name} made does not load`);
    await Deno.rename(aside, path);
  } finally {
    await Deno.remove(aside).catch(() => {});
  }
  return `compiled with ${name}`;
}

function notePath({ root }: Site): string {
  return `${kernelLibrary(root)}.failed.json`;
}
