import { join } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";

/**
 * The folder for what can be computed again, of one kind: `photos`, `embeddings`. `deno task clean --caches` gives it
 * back, and anything in it may be deleted at any time.
 */
export function cacheFolder(kind: string): string {
  return join(projectRoot, "data", "caches", kind);
}

/**
 * How many bytes each kind of cache may take: the environment variable `CURIO_CACHE_GB`, or 20 GB.
 *
 * @throws {RangeError} if the variable is no number, or below 0
 */
export function cacheLimit(): number {
  const said = Deno.env.get("CURIO_CACHE_GB") || "20";
  const gigabytes = Number(said);
  if (!(gigabytes >= 0)) {
    throw new RangeError(
      `Cannot size the caches: CURIO_CACHE_GB must be a number of gigabytes: current value is ${said}`,
    );
  }
  return gigabytes * 1e9;
}
