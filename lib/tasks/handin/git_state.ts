import { runCommand } from "../command.ts";

/** What git knows of a folder. */
export interface GitState {
  /** Null outside a checkout, or without git. */
  readonly commit: string | null;
  /** Paths that differ from the commit, or are not in it. */
  readonly changed: readonly string[];
  /** `user.name`. */
  readonly user: string | undefined;
}

/** The state of a folder in git; empty where there is none. */
export async function gitState(folder: string): Promise<GitState> {
  const ask = async (...args: string[]) => {
    try {
      const { code, stdout } = await runCommand(["git", ...args], { cwd: folder });
      return code === 0 ? stdout : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined; // no git on this machine
      throw error;
    }
  };
  const status = await ask("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all");
  return {
    commit: (await ask("rev-parse", "HEAD"))?.trim() ?? null,
    changed: status?.split("\0").filter(Boolean).map((line) => line.slice(3)) ?? [],
    user: (await ask("config", "user.name"))?.trim() || undefined,
  };
}
