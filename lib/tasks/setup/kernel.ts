import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { type Site, venvPath } from "./site.ts";
import type { Step } from "./step.ts";

/** The name by which notebooks ask for the kernel. */
export const kernelName = "curio";
export const kernelDisplayName = "Curio (Deno)";

/**
 * The Jupyter kernel, with a Deno of its own in `.venv/bin`: the one that runs set-up may lie in npm's cache, which
 * npm empties when it likes.
 */
export function kernelStep(site: Site): Step {
  const deno = venvPath(site, "bin", "deno");
  const path = venvPath(site, "share", "jupyter", "kernels", kernelName, "kernel.json");
  const content = JSON.stringify(kernelSpec(deno), null, 2) + "\n";
  return {
    name: "Jupyter kernel",
    fetches: 0,
    disk: 0,
    seconds: 1,
    async isDone() {
      const written = await Deno.readTextFile(path).catch(() => "");
      return written === content && await Deno.stat(deno).then(() => true, () => false);
    },
    async run() {
      const aside = `${deno}.${Deno.pid}`;
      // A hard link costs nothing; it cannot cross file systems, a copy can.
      await Deno.link(Deno.execPath(), aside).catch(() => Deno.copyFile(Deno.execPath(), aside));
      await Deno.rename(aside, deno);
      await writeFileAtomic(path, content);
      return `"${kernelName}", Deno ${Deno.version.deno}`;
    },
  };
}

function kernelSpec(deno: string) {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: kernelDisplayName,
    language: "typescript",
    env: { NO_COLOR: "1", TF_CPP_MIN_LOG_LEVEL: "2" },
    metadata: { deno: Deno.version.deno },
  };
}
