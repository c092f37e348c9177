import { findCommand, lastLines, runCommand } from "../command.ts";
import { type Bubblewrap, isolatedCommand } from "./bubblewrap.ts";

/**
 * Limits on time, memory, processes and disk alone: a submission can read what the grader can, write there, and use the
 * network.
 */
export interface PlainLimits {
  readonly kind: "plain";
  readonly reason: string;
}

/** What holds a submission. */
export type Isolation = Bubblewrap | PlainLimits;

/** What {@linkcode findIsolation} looks through. */
export interface FindIsolationOptions {
  /** As in `PATH`. */
  readonly path?: string;
}

/** Bubblewrap where it is installed and allowed to work, plain limits and the reason elsewhere. */
export async function findIsolation({ path }: FindIsolationOptions = {}): Promise<Isolation> {
  if (Deno.build.os !== "linux") return { kind: "plain", reason: `${Deno.build.os} has no Bubblewrap` };
  const command = findCommand("bwrap", path);
  if (command === undefined) return { kind: "plain", reason: "Bubblewrap (bwrap) is not installed" };
  const { stdout, stderr } = await runCommand([command, "--help"]);
  const options = new Set((stdout + stderr).match(/--[a-z-]+/g));
  const found: Bubblewrap = { kind: "bubblewrap", command, options };
  const tried = await runCommand(isolatedCommand(found, { command: ["true"], mounts: [] }));
  if (tried.code === 0) return found;
  const said = lastLines(tried.stderr, 1);
  // As Ubuntu 24.04 does, and containers.
  const remedy = /uid map|Operation not permitted|Permission denied/.test(said)
    ? "; the system must let it make user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
    : "";
  return { kind: "plain", reason: `Bubblewrap is installed but cannot work here (${said}${remedy})` };
}
