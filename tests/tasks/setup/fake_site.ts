import { join } from "node:path";
import type { Site } from "../../../lib/tasks/setup/site.ts";

/** A project folder of its own and a search path with nothing on it but what a test puts there. */
export interface FakeSite extends Site {
  /** Puts a command on the path; `script` is the body of a shell script. */
  command(name: string, script: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function fakeSite(env: Record<string, string> = {}): Promise<FakeSite> {
  const folder = await Deno.makeTempDir({ prefix: "curio-site-" });
  const [root, bin] = [join(folder, "project"), join(folder, "bin")];
  await Deno.mkdir(root);
  await Deno.mkdir(bin);
  return {
    root,
    env: { PATH: bin, HOME: folder, ...env },
    async command(name, script) {
      const path = join(bin, name);
      await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return path;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
