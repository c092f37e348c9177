import { fileURLToPath } from "node:url";
import { type CommandResult, lastLines, runCommand } from "../command.ts";
import type { Site } from "./site.ts";

/** How a script of ours ended: what it said last, or the message of the error that ended it. */
export type ScriptOutcome = { readonly said: string } | { readonly failure: string };

/**
 * Runs a file of this folder in a process of its own, which sees packages that were installed since this one began. Its
 * lines are progress.
 */
export async function runScript(
  { env }: Site,
  [name, ...args]: readonly string[],
  progress: (text: string) => void,
): Promise<ScriptOutcome> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const result = await runCommand([Deno.execPath(), "run", "-A", script, ...args], {
    env: { ...env, NO_COLOR: "1" },
    onLine: (line, from) => from === "stdout" && progress(line),
  });
  return result.code === 0 ? { said: lastLines(result.stdout, 1) } : { failure: messageIn(result) };
}

/** The message of an uncaught error, which may run over several lines, without its place in the code. */
function messageIn({ code, stderr }: CommandResult): string {
  const message = /^error: (?:Uncaught \(in promise\) )?(?:\w+: )?([^]*?)(?=\n {4}at |\n[^\n]*\n +\^)/m.exec(stderr)
    ?.[1];
  return message ?? (lastLines(stderr) || `exit code ${code}`);
}
