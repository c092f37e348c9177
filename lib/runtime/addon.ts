import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./project_root.ts";

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

/** Where the parts of TensorFlow lie in a project. */
export interface AddonPaths {
  /** What set-up keeps: the wheel's libraries, a copy of the addon, the note. */
  readonly folder: string;
  /** An {@linkcode InstalledTensorFlow} as JSON. */
  readonly note: string;
  /** The copy of the addon, which outlives an install that replaces `node_modules`. */
  readonly kept: string;
  /** The npm package. */
  readonly binding: string;
  /** Where that package looks for its addon. */
  readonly addon: string;
}

/** Where the parts of TensorFlow lie in the project at `root`. */
export function addonPaths(root: string): AddonPaths {
  const folder = join(root, ".venv", "tensorflow");
  const binding = join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");
  return {
    folder,
    note: join(folder, "installed.json"),
    kept: join(folder, "tfjs_binding.node"),
    binding,
    addon: join(binding, "lib", "napi-v8", "tfjs_binding.node"),
  };
}

/** Where set-up keeps TensorFlow in this project. */
export const tensorflowFolder: string = addonPaths(projectRoot).folder;

/** What set-up installed, or `undefined` where it has not run to its end. */
export function installedTensorFlow(root: string = projectRoot): InstalledTensorFlow | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(addonPaths(root).note));
  } catch {
    return undefined;
  }
}

/**
 * Puts the addon where the package looks for it, if an install has swept it away.
 *
 * @returns whether there is an addon to load
 */
export function repairAddon(root: string = projectRoot): boolean {
  const { binding, addon, kept } = addonPaths(root);
  if (!existsSync(binding)) return false;
  if (existsSync(addon)) return true;
  if (!existsSync(kept)) return false;
  Deno.mkdirSync(dirname(addon), { recursive: true });
  // A name of its own first: two kernels may repair at once, and neither may load half a file.
  const aside = `${addon}.${Deno.pid}`;
  Deno.copyFileSync(kept, aside);
  Deno.renameSync(aside, addon);
  return true;
}
