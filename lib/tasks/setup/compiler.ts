import { compilerNames, findCompiler } from "./find_compiler.ts";
import { runPip } from "./run_python.ts";
import { type Site, venvPath, venvPython } from "./site.ts";
import { SetupError } from "./step.ts";

/** A C++ compiler, and how to call it. */
export interface Compiler {
  readonly command: readonly string[];
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The compiler on PATH.
 *
 * @throws {SetupError} if there is none
 */
export function ownCompiler(site: Site): Compiler {
  const compiler = findCompiler(site);
  if (compiler === undefined) throw new SetupError(`no C++ compiler on PATH (${compilerNames.join(", ")})`);
  return { command: [compiler], name: compiler, env: site.env };
}

/** Does `work` with Zig's compiler from PyPI, which goes again afterwards. */
export async function withZig<T>(
  site: Site,
  progress: (text: string) => void,
  work: (zig: Compiler) => Promise<T>,
): Promise<T> {
  const folder = venvPath(site, "tensorflow", "compiler");
  try {
    progress("fetching a compiler (94 MB)");
    const pip = ["install", "--quiet", "--no-deps", "--no-compile", "--only-binary=:all:", "--target", folder];
    await runPip(site, [...pip, "ziglang==0.15.1"]);
    return await work({
      command: [venvPython(site), "-m", "ziglang", "c++"],
      name: "Zig's compiler, fetched for the occasion",
      env: { ...site.env, PYTHONPATH: folder, ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder },
    });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}
