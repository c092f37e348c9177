import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";

/**
 * Squares of photos on disk, found by the SHA-256 of the photo they were made of. A store is a folder of blocks, each
 * written once and whole: the sums of its photos, 32 bytes each, then their pixels, one square after the other. A block
 * is named after its sums. So a process that is killed leaves whole blocks only, two that write the same block write
 * the same bytes, and any block may be deleted at any time.
 */
export interface SquareStore {
  /** Where the square of a photo lies, if the store has it. */
  find(sum: string): SquarePlace | undefined;
  /** Adds a block of squares: `[sums.length, bytesEach]`. */
  add(sums: readonly string[], squares: Uint8Array): Promise<void>;
  /** Marks the blocks that hold these photos as used now. */
  touch(sums: Iterable<string>): Promise<void>;
}

/** Where a square lies. */
export interface SquarePlace {
  readonly block: string;
  readonly offset: number;
}

const sumBytes = 32;

/** Opens the store in a folder, made if missing, of squares of so many bytes each. */
export async function openSquareStore(folder: string, bytesEach: number): Promise<SquareStore> {
  await Deno.mkdir(folder, { recursive: true });
  const places = new Map<string, SquarePlace>();
  const enter = (block: string, sums: readonly string[]) =>
    sums.forEach((sum, place) => places.set(sum, { block, offset: sums.length * sumBytes + place * bytesEach }));
  for await (const { name } of Deno.readDir(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    const block = join(folder, name);
    const sums = await sumsIn(block, { name, bytesEach });
    if (sums) enter(block, sums);
  }
  return {
    find: (sum) => places.get(sum),
    async add(sums, squares) {
      if (sums.length === 0) return;
      const header = headerOf(sums);
      const block = join(folder, nameOf(header));
      const bytes = new Uint8Array(header.length + squares.length);
      bytes.set(header);
      bytes.set(squares, header.length);
      await writeFileAtomic(block, bytes);
      enter(block, sums);
    },
    async touch(sums) {
      const blocks = new Set([...sums].flatMap((sum) => places.get(sum)?.block ?? []));
      const now = new Date();
      await Promise.all([...blocks].map((block) => Deno.utime(block, now, now).catch(() => {})));
    },
  };
}

function headerOf(sums: readonly string[]): Uint8Array {
  return Uint8Array.fromHex(sums.join(""));
}

function nameOf(header: Uint8Array): string {
  return createHash("sha256").update(header).digest("hex");
}

/** The sums of a block, or `undefined` where it is not what its name and size say. */
async function sumsIn(
  block: string,
  { name, bytesEach }: { readonly name: string; readonly bytesEach: number },
): Promise<string[] | undefined> {
  try {
    using file = await Deno.open(block);
    const count = (await file.stat()).size / (sumBytes + bytesEach);
    if (!Number.isInteger(count)) return undefined;
    const header = new Uint8Array(count * sumBytes);
    for (let read = 0; read < header.length;) read += await file.read(header.subarray(read)) ?? header.length;
    if (nameOf(header) !== name) return undefined;
    return Array.from(
      { length: count },
      (_, place) => header.subarray(place * sumBytes, (place + 1) * sumBytes).toHex(),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Reads squares into `into`, each to its offset there.
 *
 * @returns the squares that are no longer where they were
 */
export async function readSquares<Wanted extends SquarePlace & { readonly to: number }>(
  wanted: readonly Wanted[],
  { into, bytesEach }: { readonly into: Uint8Array; readonly bytesEach: number },
): Promise<Wanted[]> {
  const blocks = Map.groupBy(wanted, ({ block }) => block);
  const missing = await Promise.all([...blocks].map(async ([block, squares]) => {
    let done = 0;
    try {
      using file = await Deno.open(block);
      for (const { offset, to } of squares) {
        await file.seek(offset, Deno.SeekMode.Start);
        for (let read = 0; read < bytesEach;) {
          const count = await file.read(into.subarray(to + read, to + bytesEach));
          if (count === null) return squares.slice(done);
          read += count;
        }
        done++;
      }
      return [];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return squares.slice(done);
      throw error;
    }
  }));
  return missing.flat();
}
