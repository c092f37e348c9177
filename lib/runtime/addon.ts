import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./project_root.ts";

/** Where set-up keeps TensorFlow: the wheel's libraries, the addon built against them, and a note of what they are. */
export const tensorflowFolder: string = join(projectRoot, ".venv", "tensorflow");

/** What set-up writes beside the library, and the backend repeats in every metrics file. */
export interface InstalledTensorFlow {
  /** The wheel, `tensorflow-cpu` or `tensorflow`; `prebuilt` or `webgpu` where no addon could be built. */
  readonly package: string;
  readonly version: string;
  /** What the library is made for. */
  readonly device: "cpu" | "gpu";
  /** Why this one. */
  readonly reason: string;
}

const packageFolder = join(projectRoot, "node_modules", "@tensorflow", "tfjs-node-gpu");

/** Where the package looks for its addon. */
export const addonPath: string = join(packageFolder, "lib", "napi-v8", "tfjs_binding.node");

/** Set-up's own copy, which outlives an install that replaces `node_modules`. */
export const keptAddonPath: string = join(tensorflowFolder, "tfjs_binding.node");

/** What set-up installed, or `undefined` where it has not run to its end. */
export function installedTensorFlow(): InstalledTensorFlow | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(join(tensorflowFolder, "installed.json")));
  } catch {
    return undefined;
  }
}

/**
 * Puts the addon where the package looks for it, if an install has swept it away.
 *
 * @returns whether there is an addon to load
 */
export function repairAddon(): boolean {
  if (!existsSync(packageFolder)) return false;
  if (existsSync(addonPath)) return true;
  if (!existsSync(keptAddonPath)) return false;
  Deno.mkdirSync(join(addonPath, ".."), { recursive: true });
  // A name of its own first: two kernels may repair at once, and neither may load half a file.
  const aside = `${addonPath}.${Deno.pid}`;
  Deno.copyFileSync(keptAddonPath, aside);
  Deno.renameSync(aside, addonPath);
  return true;
}
