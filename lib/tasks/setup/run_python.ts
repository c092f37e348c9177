import { fileURLToPath } from "node:url";
import { type CommandOptions, type CommandResult, lastLines, runCommand } from "../command.ts";
import { type Site, venvPython } from "./site.ts";
import { SetupError } from "./step.ts";

const supervisor = fileURLToPath(new URL("../python/supervise.py", import.meta.url));

/** Runs Python with these arguments; it ends, with all it has started, when this process does. */
export async function runPython(
  site: Site,
  [python, ...args]: readonly string[],
  { onLine }: Pick<CommandOptions, "onLine"> = {},
): Promise<CommandResult> {
  return await runCommand([python, supervisor, String(Deno.pid), python, ...args], {
    env: { ...site.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
    onLine,
  });
}

/** Options of {@linkcode runPip}. */
export interface RunPipOptions {
  /** The interpreter whose pip it is; the environment's in `.venv` by default. */
  readonly python?: string;
  readonly onLine?: (line: string) => void;
}

/**
 * Runs an environment's pip with whatever index, proxy and certificates it is configured with.
 *
 * @throws {SetupError} with pip's own last words
 */
export async function runPip(
  site: Site,
  args: readonly string[],
  { python = venvPython(site), onLine }: RunPipOptions = {},
): Promise<CommandResult> {
  const result = await runPython(site, [python, "-m", "pip", ...args], {
    onLine: (line) => onLine?.(line.trim()),
  });
  if (result.code !== 0) {
    throw new SetupError(
      `Cannot install from the Python package index:\n${lastLines(result.stderr)}\n` +
        "If the network is the reason, set it right (HTTPS_PROXY, PIP_INDEX_URL) and run the same command again: " +
        "what is done is kept.",
    );
  }
  return result;
}
