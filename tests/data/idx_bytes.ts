import { createHash } from "node:crypto";
import type { FileContent } from "curio";

/** An IDX file: its header by the format's definition, then the values. */
export function idxBytes(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = [0x0000_0800 + shape.length, ...shape].flatMap((word) => [word >>> 24, word >> 16, word >> 8, word]);
  return Uint8Array.from([...header, ...Array.from(values)]);
}

/** Bytes as if they had been read from a file called `path`. */
export function contentOf(path: string, bytes: Uint8Array): FileContent {
  return { path, bytes, checksum: createHash("sha256").update(bytes).digest("hex") };
}

/** Bytes compressed by gzip. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return await new Response(new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}
