import { join } from "node:path";
import type { InstalledTensorFlow } from "../../runtime/addon.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { type Site, venvPath } from "./site.ts";

/** What `installed.json` holds: what the runtime reads of it, and what set-up wants to know the next time. */
export interface AddonNote extends InstalledTensorFlow {
  /** The version of the npm package whose addon this is. */
  readonly binding: string;
  /** How the addon came about. */
  readonly addon: string;
}

/** The npm package that the addon belongs to. */
export function bindingFolder({ root }: Site): string {
  return join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");
}

/** Where the package looks for its addon. */
export function addonPath(site: Site): string {
  return join(bindingFolder(site), "lib", "napi-v8", "tfjs_binding.node");
}

/** The copy that outlives an install which replaces `node_modules`. */
export function keptAddonPath(site: Site): string {
  return venvPath(site, "tensorflow", "tfjs_binding.node");
}

export async function bindingVersion(site: Site): Promise<string> {
  return JSON.parse(await Deno.readTextFile(join(bindingFolder(site), "package.json"))).version;
}

export async function readAddonNote(site: Site): Promise<AddonNote | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(notePath(site)));
  } catch {
    return undefined;
  }
}

export async function writeAddonNote(site: Site, note: AddonNote): Promise<void> {
  await writeFileAtomic(notePath(site), JSON.stringify(note, null, 2) + "\n");
}

function notePath(site: Site): string {
  return venvPath(site, "tensorflow", "installed.json");
}
