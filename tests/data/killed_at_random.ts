import assert from "node:assert/strict";
import type { Random } from "curio";

/** How {@linkcode killedAtRandom} runs a script. */
export interface KilledAtRandomOptions {
  readonly args: readonly string[];
  readonly kills: number;
  /** Longest time from the script's first word to the kill, in milliseconds. */
  readonly longest: number;
  readonly random: Random;
  /** Called after each kill that came before the end. */
  readonly onKilled: () => Promise<void>;
}

/** Runs a script that prints when it has begun: killed by SIGKILL at random moments, then left to end. */
export async function killedAtRandom(
  script: URL,
  { args, kills, longest, random, onKilled }: KilledAtRandomOptions,
): Promise<void> {
  for (let run = 0; run <= kills; run++) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script.pathname, ...args],
      stdout: "piped",
      stderr: "inherit",
    });
    await using child = command.spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const timer = run < kills ? setTimeout(() => kill(child), random.uniform(0, longest)) : undefined;
    while (!(await reader.read()).done);
    const { success, signal } = await child.status;
    clearTimeout(timer);
    assert.ok(success || (run < kills && signal === "SIGKILL"), "the script failed by itself");
    if (!success) await onKilled();
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch { /* it has come to its end */ }
}
