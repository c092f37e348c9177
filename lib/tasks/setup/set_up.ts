import { statfs } from "node:fs/promises";
import { bytesText, duration, say, statusLine } from "../terminal.ts";
import { holdLock } from "./hold_lock.ts";
import { type Site, venvPath } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/**
 * Does the steps that are not done yet, in order, after saying what they will fetch, what disk they take and about how
 * long. Two set-ups of one project wait for each other; one that was killed anywhere is taken up by the next.
 *
 * @throws {SetupError} where a step cannot be done, with the way out; the steps before it stay done
 */
export async function setUp(site: Site, steps: readonly Step[]): Promise<void> {
  if ((await missingOf(steps)).length === 0) return;
  using _lock = await holdLock(venvPath(site, "setup.lock"));
  const missing = await missingOf(steps); // again: another set-up may have done them while this one waited
  if (missing.length === 0) return;
  announce(missing);
  await requireDisk(site, total(missing, "disk"));
  using _interrupt = sayWhenStopped();
  let count = 0;
  for (const step of steps) {
    // Asked again, for a step may undo another: a new Python environment has no kernel.
    if (await step.isDone()) continue;
    const line = statusLine(`[${++count}/${Math.max(count, missing.length)}] ${step.name}:`);
    const started = Date.now();
    try {
      const outcome = await step.run((text) => line.update(text));
      line.end(`${outcome} (${duration((Date.now() - started) / 1000)})`);
    } catch (error) {
      line.end("failed");
      throw error;
    }
  }
  say();
}

/** What a step has started gets the same signal from the terminal, or ends with this process. */
function sayWhenStopped(): Disposable {
  const stop = () => {
    say("\nStopped. What is done is kept: run the same command again and it goes on from there.");
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", stop) };
}

async function missingOf(steps: readonly Step[]): Promise<Step[]> {
  const missing: Step[] = [];
  for (const step of steps) if (!await step.isDone()) missing.push(step);
  return missing;
}

function announce(missing: readonly Step[]): void {
  const width = Math.max(...missing.map((step) => step.name.length));
  say("Set-up has something to do first:");
  for (const { name, fetches, disk } of missing) {
    const fetched = fetches > 0 ? `${bytesText(fetches)} to fetch, ` : "";
    say(`  ${name.padEnd(width)}  ${fetched}${bytesText(disk)} on disk`);
  }
  say(
    `In all about ${bytesText(total(missing, "fetches"))} to fetch, ${bytesText(total(missing, "disk"))} on disk and ` +
      `${duration(Math.ceil(total(missing, "seconds") / 10) * 10)}. It can be stopped at any time and goes on from ` +
      "there; `deno task clean` gives the disk back.",
  );
}

function total(steps: readonly Step[], what: "fetches" | "disk" | "seconds"): number {
  return steps.reduce((sum, step) => sum + step[what], 0);
}

async function requireDisk({ root }: Site, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SetupError(
    `Cannot set up: it takes ${bytesText(needed)} of disk, and ${root} has ${bytesText(free)} free. ` +
      "Make room, or move the project to another disk.",
  );
}
