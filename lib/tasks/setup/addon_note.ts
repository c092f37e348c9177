import { join } from "node:path";
import { addonPaths, type InstalledTensorFlow } from "../../runtime/addon.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import type { Site } from "./site.ts";

/** What `installed.json` holds: what the runtime reads of it, and what set-up wants to know the next time. */
export interface AddonNote extends InstalledTensorFlow {
  /** The version of the npm package whose addon this is. */
  readonly binding: string;
  /** How the addon came about. */
  readonly addon: string;
}

/** The version of the npm package that is installed. */
export async function bindingVersion({ root }: Site): Promise<string> {
  return JSON.parse(await Deno.readTextFile(join(addonPaths(root).binding, "package.json"))).version;
}

export async function readAddonNote({ root }: Site): Promise<AddonNote | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(addonPaths(root).note));
  } catch {
    return undefined;
  }
}

export async function writeAddonNote({ root }: Site, note: AddonNote): Promise<void> {
  await writeFileAtomic(addonPaths(root).note, JSON.stringify(note, null, 2) + "\n");
}
