import assert from "node:assert/strict";
import type { Random } from "curio";

/** How {@linkcode killedAtRandom} runs a script. */
export interface KilledAtRandomOptions {
  readonly args: readonly string[];
  readonly kills: number;
  /** The kill comes after so many lines of the script at most: fewer than it prints, whatever the machine's pace. */
  readonly lines: number;
  readonly random: Random;
  /** Called after each kill that came before the end. */
  readonly onKilled: () => Promise<void>;
}

/** Runs a script that prints a line at each step: killed by SIGKILL at random moments, then left to end. */
export async function killedAtRandom(
  script: URL,
  { args, kills, lines, random, onKilled }: KilledAtRandomOptions,
): Promise<void> {
  for (let run = 0; run <= kills; run++) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script.pathname, ...args],
      stdout: "piped",
      stderr: "inherit",
    });
    await using child = command.spawn();
    let left = run < kills ? 1 + random.integer(lines) : Infinity;
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      left -= text.split("\n").length - 1;
      if (left <= 0) setTimeout(() => kill(child), random.uniform(0, 5));
    }
    const { success, signal } = await child.status;
    assert.ok(success || (run < kills && signal === "SIGKILL"), "the script failed by itself");
    if (!success) await onKilled();
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch { /* it has come to its end */ }
}
