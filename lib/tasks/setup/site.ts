import { join } from "node:path";
import { projectRoot } from "../../runtime/project_root.ts";

/** Where set-up works and what it finds there. Tests make small ones. */
export interface Site {
  /** The project's folder: everything that set-up makes lies under its `.venv`, `node_modules` and `data`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The project that this code belongs to, in the environment of this process. */
export function thisSite(): Site {
  return { root: projectRoot, env: Deno.env.toObject() };
}

/** A path under the site's `.venv`. */
export function venvPath({ root }: Site, ...parts: string[]): string {
  return join(root, ".venv", ...parts);
}

/** The interpreter of the project's own Python environment. */
export function venvPython(site: Site): string {
  return venvPath(site, "bin", "python");
}
