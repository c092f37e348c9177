import { dirname, join, relative } from "node:path";
import { addonPaths } from "../../runtime/addon.ts";
import { lastLines, runCommand } from "../command.ts";
import { type AddonNote, bindingVersion } from "./addon_note.ts";
import { type Compiler, ownCompiler, withZig } from "./compiler.ts";
import { compileRowKernels, haveRowKernels } from "./row_kernels.ts";
import { type Site, venvPath } from "./site.ts";
import { SetupError } from "./step.ts";
import { unpackedLibrary } from "./tensorflow_library.ts";

/** The addon, compiled with what is here. */
export async function compileAddon(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  return await compileWith(site, ownCompiler(site), progress);
}

/** The addon, compiled with a borrowed compiler; and as long as it is here, the row kernels. */
export async function compileAddonWithZig(site: Site, progress: (text: string) => void): Promise<AddonNote> {
  return await withZig(site, progress, async (zig) => {
    const note = await compileWith(site, zig, progress);
    // Why not, their own step says.
    if (!await haveRowKernels(site)) await compileRowKernels(site, zig, progress).catch(() => {});
    return note;
  });
}

async function compileWith(
  site: Site,
  { command, name, env }: Compiler,
  progress: (text: string) => void,
): Promise<AddonNote> {
  const library = await unpackedLibrary(site);
  if (library === undefined) throw new SetupError("the TensorFlow library is not unpacked");
  const libraries = venvPath(site, "tensorflow", "tensorflow");
  const paths = addonPaths(site.root);
  const source = await Deno.realPath(paths.binding);
  const headers = await Deno.realPath(join(site.root, "node_modules", "node-api-headers", "include"));
  // A name of its own: the compiler of a set-up that was killed may still be writing.
  const aside = `${paths.kept}.${Deno.pid}.partial`;
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
  await Deno.rename(aside, paths.kept);
  await Deno.mkdir(dirname(paths.addon), { recursive: true });
  await Deno.copyFile(paths.kept, `${paths.addon}.${Deno.pid}`);
  await Deno.rename(`${paths.addon}.${Deno.pid}`, paths.addon);
  const { package: package_, version, device, reason } = library;
  const binding = await bindingVersion(site);
  return { package: package_, version, device, reason, binding, addon: `compiled with ${name}` };
}
