import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { photoContent, reasonOf, type UnreadablePhoto } from "./read_photo.ts";
import { turnstile } from "./turnstile.ts";

/** How {@linkcode photoSums} remembers. */
export interface PhotoSumsOptions {
  /** Where sums are kept from one time to the next; nowhere if left out. */
  readonly memory?: string;
  readonly signal?: AbortSignal;
}

/** The SHA-256 of every file's content; of those that cannot be read, why. */
export interface PhotoSums {
  readonly sums: ReadonlyMap<string, string>;
  readonly unreadable: readonly UnreadablePhoto[];
}

/** A file that changes within this time may change again without another date; milliseconds. */
const clockGrain = 2000;

/**
 * Sums up the contents of files. What was summed before is remembered, and a file of the same size and date is not read
 * again, as git does it: 30,000 photos are recognised in a second.
 */
export async function photoSums(
  files: readonly string[],
  { memory, signal }: PhotoSumsOptions = {},
): Promise<PhotoSums> {
  const key = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 32);
  const path = memory === undefined ? undefined : join(memory, key);
  const known = await recall(path);
  const began = Date.now();
  const sums = new Map<string, string>();
  const lines = new Map<string, string>();
  const unreadable: UnreadablePhoto[] = [];
  const readers = turnstile(8);
  let isNew = false;
  await Promise.all(files.map((file) =>
    readers(async () => {
      signal?.throwIfAborted();
      try {
        const { size, mtime } = await Deno.stat(file);
        const date = mtime?.getTime() ?? began;
        const stamp = `${size} ${date}`;
        let sum = known.get(file)?.stamp === stamp ? known.get(file)!.sum : undefined;
        isNew ||= sum === undefined;
        sum ??= createHash("sha256").update(await photoContent(file)).digest("hex");
        sums.set(file, sum);
        if (date < began - clockGrain) lines.set(file, `${sum} ${stamp} ${file}\n`);
      } catch (error) {
        unreadable.push({ file, reason: reasonOf(error) });
      }
    })
  ));
  if (path !== undefined && isNew) {
    await writeFileAtomic(path, files.map((file) => lines.get(file) ?? "").join(""));
  }
  return { sums, unreadable };
}

/** What was remembered; nothing of what is damaged. */
async function recall(path: string | undefined): Promise<Map<string, { sum: string; stamp: string }>> {
  const text = path === undefined ? "" : await Deno.readTextFile(path).catch(() => "");
  const lines = text.split("\n").map((line) => line.match(/^([0-9a-f]{64}) (\d+ \d+) (.+)$/));
  return new Map(lines.flatMap((line) => line ? [[line[3], { sum: line[1], stamp: line[2] }] as const] : []));
}
