import { cpus } from "node:os";
import { join } from "node:path";
import { hash64 } from "../hash64.ts";
import { projectRoot } from "../project_root.ts";

/** What {@linkcode kernelLibrary} is compiled from. */
export const kernelSource: string = join(import.meta.dirname!, "row_kernels.cc");

/**
 * Where set-up keeps the row kernels of the project at `root`, compiled for this processor. The name says for which, and
 * from which source: a library made on another machine, or before a change, is never loaded.
 */
export function kernelLibrary(root: string = projectRoot): string {
  const key = `${Deno.readTextFileSync(kernelSource)}\n${Deno.build.target}\n${processor()}`;
  return join(root, ".venv", "kernels", `${hash64(new TextEncoder().encode(key)).toString(16).padStart(16, "0")}.so`);
}

/** Its model, and on Linux what it can do besides: virtual machines give different processors one name. */
function processor(): string {
  const model = cpus()[0]?.model ?? "";
  try {
    return `${model}\n${/^(?:flags|Features)\s*:.*$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))}`;
  } catch {
    return model;
  }
}
