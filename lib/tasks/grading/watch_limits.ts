import type { Breach, Limits } from "./limits.ts";
import { processTree, type RunningProcess } from "./process_tree.ts";

/** What {@linkcode watchLimits} watches, and how it ends what breaks a limit. */
export interface WatchLimitsOptions {
  readonly limits: Limits;
  /** How far below the root the processes begin that are ended first; those above may still save what there is. */
  readonly depth: number;
  /** Seconds for that; at most two where memory, processes or disk do not come back within their limits. */
  readonly graceSeconds: number;
  /** Bytes that its files take, as seen from one of its processes. */
  diskUsed(pid: number): number;
}

/** What was seen of a sandbox until it ended. */
export interface Observed {
  /** The first limit that was broken. */
  readonly breach?: Breach;
  /** The most at once. */
  readonly peak: Readonly<Record<"memory" | "processes" | "disk", number>>;
  /** Packets for which there was no way out. */
  readonly packets: number;
}

const pollMilliseconds = 100;
/** A file system that is as full as this takes nothing more. */
const full = 0.99;

/**
 * Watches a process and all below it from outside, where nothing that they do can mislead it, and ends them when they
 * break a limit: those at `depth` and deeper first, the whole tree when that is not enough.
 *
 * @returns a function that stops watching and says what was seen
 */
export function watchLimits(
  root: number,
  { limits, depth, graceSeconds, diskUsed }: WatchLimitsOptions,
): () => Observed {
  const began = performance.now();
  const peak = { memory: 0, processes: 0, disk: 0 };
  let packets = 0;
  let breach: Breach | undefined;
  let broken = Infinity;
  let within = -Infinity;
  const poll = () => {
    const now = performance.now();
    const tree = processTree(root);
    const inside = tree.find((each) => each.depth === depth - 2);
    if (inside === undefined) return; // not yet begun, or about to end
    const amounts = {
      seconds: (now - began) / 1000,
      memory: tree.reduce((sum, { memory }) => sum + memory, 0),
      processes: tree.length,
      disk: diskUsed(inside.pid),
    };
    for (const kind of ["memory", "processes", "disk"] as const) peak[kind] = Math.max(peak[kind], amounts[kind]);
    packets = Math.max(packets, lostPackets(inside.pid));
    const over = (["processes", "memory", "disk", "seconds"] as const)
      .find((kind) => amounts[kind] > limits[kind] * (kind === "disk" ? full : 1));
    if (over === undefined || over === "seconds") within = now;
    if (over === undefined && breach === undefined) return;
    breach ??= over;
    broken = Math.min(broken, now);
    const isHopeless = now - broken >= 1000 * graceSeconds || now - Math.max(broken, within) >= 2000;
    if (isHopeless || graceSeconds === 0) return end(tree, root);
    tree.filter((each) => each.depth >= depth).forEach(({ pid }) => signal(pid, "SIGKILL"));
    signal(inside.pid, "SIGTERM");
  };
  const clock = setInterval(poll, pollMilliseconds);
  return () => {
    clearInterval(clock);
    return { breach, peak, packets };
  };
}

/** The root takes a namespace with it; without one, each is ended by itself. */
function end(tree: readonly RunningProcess[], root: number): void {
  signal(root, "SIGKILL");
  tree.forEach(({ pid }) => signal(pid, "SIGKILL"));
}

function signal(pid: number, kind: "SIGKILL" | "SIGTERM"): void {
  try {
    Deno.kill(pid, kind);
  } catch { /* it has ended */ }
}

/** What Linux counts in a network namespace where there is no way out: it says who tried, whatever became of it. */
function lostPackets(pid: number): number {
  try {
    const [names, numbers] = Deno.readTextFileSync(`/proc/${pid}/net/snmp`).split("\n").map((line) => line.split(" "));
    const newer = /^Ip6OutNoRoutes\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/net/snmp6`));
    return Number(numbers[names.indexOf("OutNoRoutes")]) + Number(newer?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}
