import { delimiter, join } from "node:path";

/** How a command ended, and what it said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment of the command; that of this process by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with every line of both outputs as it comes. */
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** Ends the command (SIGTERM) when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command to its end without a terminal, and gives back everything it said.
 *
 * @throws {Deno.errors.NotFound} if there is no such command
 */
export async function runCommand(
  [command, ...args]: readonly string[],
  { cwd, env = Deno.env.toObject(), onLine, signal }: CommandOptions = {},
): Promise<CommandResult> {
  const child = new Deno.Command(command, {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const [stdout, stderr, status] = await Promise.all([
    readLines(child.stdout, (line) => onLine?.(line, "stdout")),
    readLines(child.stderr, (line) => onLine?.(line, "stderr")),
    child.status,
  ]);
  return { code: status.code, stdout, stderr };
}

/** The full path of a command on `path` (as in `PATH`), or `undefined`. */
export function findCommand(name: string, path: string = Deno.env.get("PATH") ?? ""): string | undefined {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    try {
      const { isFile, mode } = Deno.statSync(candidate);
      if (folder !== "" && isFile && (mode === null || mode & 0o111)) return candidate;
    } catch { /* not here */ }
  }
}

/** The last `count` lines that hold something: where a command says why it failed. */
export function lastLines(text: string, count: number = 8): string {
  return text.split("\n").filter((line) => line.trim() !== "").slice(-count).join("\n");
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<string> {
  let text = "";
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const lines = (rest + piece).split(/\r?\n|\r/);
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
  return text;
}
