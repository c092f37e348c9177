import { createHash } from "node:crypto";
import { DataFormatError } from "./data_format_error.ts";

/** What a file holds, decompressed if it was gzipped. */
export interface FileContent {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hexadecimal. */
  readonly checksum: string;
}

/**
 * Reads a file into memory. Gzip is recognised by its first bytes, not by the file's name.
 *
 * @param limit the most bytes that the content may have; reading stops there, so that a small file which unpacks to
 *   terabytes does no harm
 * @throws {DataFormatError} if the content is longer, or the gzip stream is damaged or followed by something else
 * @throws {Deno.errors.NotFound} and other file errors
 */
export async function readContent(path: string, { limit }: { limit: number }): Promise<FileContent> {
  const { isFile } = await Deno.stat(path);
  if (!isFile) throw new DataFormatError({ file: path, rule: "it must be a plain file", value: "something else" });
  using file = await Deno.open(path);
  const isGzip = await startsLikeGzip(file);
  const content = isGzip ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;

  const hash = createHash("sha256");
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of content) {
      length += chunk.length;
      if (length > limit) {
        throw new DataFormatError({
          file: path,
          offset: limit,
          rule: `its content must end after ${limit} bytes at most`,
          value: "more",
        });
      }
      hash.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataFormatError({
      file: path,
      offset: length,
      rule: "its gzip stream must be whole, with the right checksum and nothing after it",
      value: error.message,
    });
  }
  return { path, bytes: joined(chunks, length), checksum: hash.digest("hex") };
}

async function startsLikeGzip(file: Deno.FsFile): Promise<boolean> {
  const start = new Uint8Array(2);
  const read = await file.read(start);
  await file.seek(0, Deno.SeekMode.Start);
  return read === 2 && start[0] === 0x1f && start[1] === 0x8b;
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
