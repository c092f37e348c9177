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
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new DataFormatError({ file: path, rule: "it must be a plain file", value: "something else" });
  using file = await Deno.open(path);
  const isGzip = await startsLikeGzip(file);
  if (!isGzip && size > limit) throw tooLong(path, limit);
  const bytes = isGzip ? await decompress(file, { path, limit }) : await Deno.readFile(path);
  return { path, bytes, checksum: createHash("sha256").update(bytes).digest("hex") };
}

async function decompress(
  file: Deno.FsFile,
  { path, limit }: { path: string; limit: number },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of file.readable.pipeThrough(new DecompressionStream("gzip"))) {
      length += chunk.length;
      if (length > limit) throw tooLong(path, limit);
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
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLong(path: string, limit: number): DataFormatError {
  return new DataFormatError({
    file: path,
    offset: limit,
    rule: `its content must end after ${limit} bytes at most`,
    value: "more",
  });
}

async function startsLikeGzip(file: Deno.FsFile): Promise<boolean> {
  const start = new Uint8Array(2);
  const read = await file.read(start);
  await file.seek(0, Deno.SeekMode.Start);
  return read === 2 && start[0] === 0x1f && start[1] === 0x8b;
}
