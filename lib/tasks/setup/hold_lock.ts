import { dirname } from "node:path";
import { say } from "../terminal.ts";

/**
 * Waits until no other process holds the lock at `path`, and holds it until disposed of. The operating system keeps it
 * (`flock`) and drops it with the process however that ends, so that no lock is ever stale.
 */
export async function holdLock(path: string): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { create: true, read: true, write: true });
  if (!await file.tryLock(true)) {
    const holder = (await Deno.readTextFile(path)).trim();
    say(`Another set-up${holder && ` (process ${holder})`} is at work here; waiting for it …`);
    await file.lock(true);
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return file;
}
