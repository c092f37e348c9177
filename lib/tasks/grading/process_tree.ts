/** One process, as Linux shows it in `/proc`. */
export interface RunningProcess {
  readonly pid: number;
  /** How far below the root it is: 0 for the root itself. */
  readonly depth: number;
  /** Bytes that it has for itself: what could be read from a file again is left out. */
  readonly memory: number;
}

/** Where processes are read; a test has its own. */
export interface ProcessTreeOptions {
  /** Default `/proc`. */
  readonly proc?: string;
}

/**
 * A process and all that it started, whoever of them is left, itself first. Where the processes are held together, by a
 * process namespace or a subreaper, none can leave the tree.
 */
export function processTree(root: number, { proc = "/proc" }: ProcessTreeOptions = {}): RunningProcess[] {
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync(proc)) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? parentOf(`${proc}/${name}/stat`) : undefined;
    if (parent !== undefined) children.set(parent, [...children.get(parent) ?? [], pid]);
    if (pid === root) children.set(root, children.get(root) ?? []);
  }
  const tree: RunningProcess[] = [];
  const visit = (pid: number, depth: number) => {
    tree.push({ pid, depth, memory: memoryOf(`${proc}/${pid}/status`) });
    children.get(pid)?.forEach((child) => visit(child, depth + 1));
  };
  if (children.has(root)) visit(root, 0);
  return tree;
}

/** The name of a command, between parentheses, may hold anything: what follows the last one is counted on. */
function parentOf(path: string): number | undefined {
  const text = readText(path);
  return text === "" ? undefined : Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}

function memoryOf(path: string): number {
  const kilobytes = readText(path).matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm);
  return 1024 * [...kilobytes].reduce((sum, [, amount]) => sum + Number(amount), 0);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // it has ended
  }
}
