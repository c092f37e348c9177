/** How {@linkcode runProgram} runs. */
export interface RunProgramOptions {
  readonly args: readonly string[];
  /** How the lines of its complaints begin: `E:`. */
  readonly complaint: string;
  /** Where it runs; by default where this process does. */
  readonly folder?: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Runs a program that may be missing or fail.
 *
 * @returns its last complaint if it fails, or `undefined` once it has done its work
 * @throws the signal's reason when aborted
 */
export async function runProgram(
  program: string,
  { args, complaint, folder, env, signal }: RunProgramOptions,
): Promise<string | undefined> {
  signal?.throwIfAborted();
  try {
    const { success, code, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd: folder,
      env: { ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal,
    }).output();
    signal?.throwIfAborted();
    if (success) return undefined;
    const last = new TextDecoder().decode(stderr).split("\n").findLast((line) => line.startsWith(complaint));
    return last?.slice(complaint.length).trim() ?? `${program} ${args[0]} ended with exit code ${code}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return notFound(program);
    throw error;
  }
}

/** What {@linkcode runProgram} says of a program that is not there. */
export function notFound(program: string): string {
  return `there is no ${program} on this machine`;
}
