import { join } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";
import { kernelName } from "./setup/kernel.ts";
import { thisSite, venvPython } from "./setup/site.ts";
import { say } from "./terminal.ts";

/** Opens JupyterLab on the notebooks, with our kernel; arguments go to JupyterLab (`--no-browser`, `--port 9999`). */
export async function run(args: readonly string[]): Promise<number> {
  say("JupyterLab starts; its address follows. Ctrl-C twice stops it.");
  const lab = new Deno.Command(venvPython(thisSite()), {
    args: [
      ...["-m", "jupyterlab", "--ServerApp.root_dir", join(projectRoot, "notebooks")],
      `--MultiKernelManager.default_kernel_name=${kernelName}`,
      ...args,
    ],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // Ctrl-C reaches JupyterLab as well, which asks before it stops.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => lab.kill("SIGTERM"));
  return (await lab.status).code;
}
