import { dirname, join } from "node:path";
import { addonPaths } from "../../runtime/addon.ts";
import { findCommand, lastLines, runCommand } from "../command.ts";
import { type AddonNote, bindingVersion } from "./addon_note.ts";
import type { Site } from "./site.ts";
import { SetupError } from "./step.ts";

/** What the package's own install script fetches: an addon and TensorFlow 2.9, from its makers' storage. */
export async function fetchPrebuiltAddon(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  const node = findCommand("node", site.env.PATH);
  if (node === undefined) throw new SetupError("the package's prebuilt addon needs Node on PATH to be fetched");
  const { binding, kept } = addonPaths(site.root);
  const source = await Deno.realPath(binding);
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
  await Deno.remove(kept).catch(() => {});
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
