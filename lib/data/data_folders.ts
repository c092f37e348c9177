import { delimiter, join } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";

/**
 * The folders that are looked through for data, in order: those of the environment variable `CURIO_DATA` (a list like
 * `PATH`), then the project's own `data/`. Downloads go to the last that can be written to.
 */
export function dataFolders(): string[] {
  const named = (Deno.env.get("CURIO_DATA") ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...named, join(projectRoot, "data")];
}
