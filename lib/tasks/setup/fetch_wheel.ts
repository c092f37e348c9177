import { basename, join } from "node:path";
import { type Wheel, wheelsFor } from "./find_wheels.ts";
import { runPip } from "./run_python.ts";
import { runScript } from "./run_script.ts";
import type { Site } from "./site.ts";

interface FetchWheelOptions {
  readonly folder: string;
  readonly architecture: string;
  readonly progress: (text: string) => void;
}

/**
 * The wheel as a file in `folder`, its SHA-256 checked. What an earlier run fetched of it is not fetched again; where
 * the address cannot be read directly (an index with a password, certificates that only pip knows) pip fetches it.
 *
 * @throws {SetupError} where pip cannot either
 */
export async function fetchWheel(
  site: Site,
  wheel: Wheel,
  { folder, architecture, progress }: FetchWheelOptions,
): Promise<string> {
  const { name, version, address, sha256 } = wheel;
  const file = join(folder, basename(new URL(address).pathname));
  const outcome = await runScript(site, ["fetch_file.ts", file, address, sha256], progress);
  if ("failure" in outcome) {
    progress("not to be read directly; pip fetches it");
    const requirements = join(folder, "wheel.txt");
    await Deno.writeTextFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
    const how = [...wheelsFor(architecture), "--require-hashes", "--dest", folder];
    await runPip(site, ["download", ...how, "-r", requirements]);
  }
  return file;
}
