import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `deno.json`, wherever the process was started: notebooks run in their own folder. */
export const projectRoot: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
