import { createHash } from "node:crypto";
import { join } from "node:path";
import { lastLines, runCommand } from "../command.ts";
import type { Site } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/**
 * The packages of `deno.lock`, from npm into `node_modules`. Deno itself never installs here (`nodeModulesDir` is
 * `manual`), so that nothing is fetched before set-up has said so.
 */
export function packagesStep(site: Site): Step {
  const { root, env } = site;
  const stamp = join(root, "node_modules", ".installed-from-lock");
  const lock = async () => createHash("sha256").update(await Deno.readFile(join(root, "deno.lock"))).digest("hex");
  return {
    name: "packages from npm",
    fetches: 170e6,
    disk: 625e6,
    seconds: 20,
    async isDone() {
      return await Deno.readTextFile(stamp).catch(() => "") === await lock();
    },
    async run(progress) {
      const total = [...(await Deno.readTextFile(join(root, "deno.lock"))).matchAll(/^ {6}"integrity":/gm)].length;
      let fetched = 0;
      const { code, stderr } = await runCommand([Deno.execPath(), "install", "--frozen"], {
        cwd: root,
        env: { ...env, NO_COLOR: "1" },
        onLine(line) {
          if (line.startsWith("Download ")) fetched++;
          if (/^(Initialize|Download) /.test(line)) {
            progress(`${fetched} of ${total} fetched, ${line.split(/[\s/]/).at(-1)}`);
          }
        },
      });
      if (code !== 0) {
        throw new SetupError(
          `Cannot install the packages from npm:\n${lastLines(stderr)}\nIf the network is the reason, set it right ` +
            "(HTTPS_PROXY, NPM_CONFIG_REGISTRY) and run the same command again; if deno.lock is, run `deno install`.",
        );
      }
      await Deno.writeTextFile(stamp, await lock());
      return `${total} packages`;
    },
  };
}
