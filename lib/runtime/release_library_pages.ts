import { basename } from "node:path";

/** A part of a file in memory that is only read or executed, in /proc/self/smaps; its last group counts what was written. */
const readOnlyPart = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p .* (\/.*)\n(?:[A-Z].*\n)*?Anonymous: +(\d+) kB/gm;

const dontNeed = 4; // MADV_DONTNEED

/**
 * Unmaps from this process what loading a library has touched; what is used again comes back by itself, from the
 * system's cache of the file. Linux only; elsewhere nothing happens.
 *
 * Loading TensorFlow resolves all its symbols and registers all its operations, which leaves 250 MB of its file mapped.
 * Training a network needs 100 MB of that.
 *
 * @param name what the names of the library's files begin with: `libtensorflow`
 */
export function releaseLibraryPages(name: string): void {
  if (Deno.build.os !== "linux") return;
  const libc = Deno.dlopen("libc.so.6", { madvise: { parameters: ["usize", "usize", "i32"], result: "i32" } });
  try {
    for (const [, from, to, path, written] of Deno.readTextFileSync("/proc/self/smaps").matchAll(readOnlyPart)) {
      // Written pages, as those with relocated addresses are, exist nowhere else.
      if (!basename(path).startsWith(name) || written !== "0") continue;
      const start = BigInt(`0x${from}`);
      libc.symbols.madvise(start, BigInt(`0x${to}`) - start, dontNeed);
    }
  } finally {
    libc.close();
  }
}
