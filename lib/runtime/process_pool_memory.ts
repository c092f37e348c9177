import { dirname, join } from "node:path";

/** Where control groups are found; tests have their own. */
export interface MemoryPlaces {
  /** Default `/sys/fs/cgroup`. */
  readonly groups?: string;
  /** Default `/proc/self/cgroup`. */
  readonly own?: string;
}

/**
 * Bytes that this process and its children may still take: what the machine has free, what the control groups of a
 * container leave, or what `CURIO_MEMORY_GB` says, whichever is least. File caches that the kernel would give back count
 * as free.
 */
export function availableMemory({ groups = "/sys/fs/cgroup", own = "/proc/self/cgroup" }: MemoryPlaces = {}): number {
  const rooms = groupFolders(groups, own).map(roomIn);
  const told = 1e9 * Number(Deno.env.get("CURIO_MEMORY_GB") || Infinity);
  return Math.max(0, Math.min(Deno.systemMemoryInfo().available, told, ...rooms));
}

/** A group is bound by its own limit and those of all around it. */
function groupFolders(groups: string, own: string): string[] {
  const lines = (readText(own) ?? "").split("\n");
  const unified = lines.find((line) => line.startsWith("0::"))?.slice(3);
  const legacy = lines.find((line) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(line))?.split(":")[2];
  const [root, path] = legacy === undefined ? [groups, unified ?? "/"] : [join(groups, "memory"), legacy];
  const folders = [];
  for (let folder = join(root, path); folder.startsWith(root); folder = dirname(folder)) folders.push(folder);
  // In a container the path may be that of the host, and the container's own group is the root.
  return folders.length > 0 ? folders : [root];
}

function roomIn(folder: string): number {
  const number = (...names: string[]) => {
    const text = names.map((name) => readText(join(folder, name))).find((found) => found !== undefined);
    return text === undefined || text.trim() === "max" ? Infinity : Number(text);
  };
  const limit = number("memory.max", "memory.limit_in_bytes");
  const used = number("memory.current", "memory.usage_in_bytes");
  if (!Number.isFinite(limit) || !Number.isFinite(used)) return Infinity;
  const cached = /^(?:total_)?inactive_file (\d+)/m.exec(readText(join(folder, "memory.stat")) ?? "");
  return limit - used + Number(cached?.[1] ?? 0);
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // not Linux, or a limit that is not set
  }
}

/** The most memory that this process has had at once, in bytes; what it has now where the system does not say. */
export function peakMemory(): number {
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readText("/proc/self/status") ?? "")?.[1];
  return kilobytes === undefined ? Deno.memoryUsage().rss : Number(kilobytes) * 1024;
}
