import { setTimeout as delay } from "node:timers/promises";

/** How to wait for another process. */
export interface LockFileOptions {
  readonly signal?: AbortSignal;
  /** Called once if another process has the file. */
  readonly onWait?: () => void;
}

/** What file systems without locks answer, such as a network home whose lock service does not run. */
const lockless = new Set(["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/**
 * Opens a file for reading and writing (made if missing) once no other process has it locked, and locks it. The lock ends
 * with the file's closing or the process's end, however that comes.
 *
 * Whoever holds the lock may rename or remove the file. Where the file system has no locks, it is opened without: what
 * is built on it must come to no harm by two at once, only to waste.
 *
 * @throws the signal's reason when aborted
 */
export async function lockFile(path: string, { signal, onWait }: LockFileOptions = {}): Promise<Deno.FsFile> {
  let waited = false;
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    try {
      if (await file.tryLock(true) && await isStillAt(file, path)) return file;
      file.close();
    } catch (error) {
      if (error instanceof Error && "code" in error && lockless.has(String(error.code))) return file;
      file.close();
      throw error;
    }
    if (!waited) onWait?.();
    waited = true;
    await delay(200, undefined, { signal });
  }
}

/** Whether the file we hold is the one at the path: its last owner may have renamed it before we got the lock. */
async function isStillAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const held = await file.stat();
  try {
    return (await Deno.stat(path)).ino === held.ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
