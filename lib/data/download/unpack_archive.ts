import { basename, join } from "node:path";
import { Readable } from "node:stream";
import tar from "tar-stream";
import yauzl from "yauzl";
import { DataFormatError } from "../data_format_error.ts";

/** A file wanted out of an archive. */
export interface WantedMember {
  /** Its name, whatever folder of the archive it lies in. */
  readonly name: string;
  /** The most bytes that it may have. */
  readonly limit: number;
}

/** What {@linkcode unpackArchive} takes out, and where it puts it. */
export interface UnpackArchiveOptions {
  readonly members: readonly WantedMember[];
  /** An existing folder. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** One plain file of an archive: read it, or ask for the next one. */
interface Member {
  readonly path: string;
  readonly size: number;
  read(): Promise<AsyncIterable<Uint8Array>>;
}

/** No archive of a dataset unpacks to more than this. */
const largestArchive = 8 * 2 ** 30;

/**
 * Takes the wanted files out of a `.tar.gz` or `.zip` archive as far as it has them, and nothing else: folders, links and
 * other members are passed over, and nothing is written outside `folder`. Each is flushed to disk.
 *
 * @throws {DataFormatError} if the archive is damaged, or a wanted file is longer than it may be
 */
export async function unpackArchive(path: string, { members, folder, signal }: UnpackArchiveOptions): Promise<void> {
  const wanted = new Map(members.map((member) => [member.name, member]));
  const fault = (rule: string, value: string | number) => new DataFormatError({ file: path, rule, value });
  let unpacked = 0;
  try {
    for await (const member of path.endsWith(".zip") ? zipMembers(path) : tarMembers(path)) {
      signal?.throwIfAborted();
      unpacked += member.size;
      if (unpacked > largestArchive) throw fault(`it must unpack to ${largestArchive} bytes at most`, "more");
      const found = wanted.get(basename(member.path));
      if (!found) continue;
      if (member.size > found.limit) throw fault(`${member.path} must have ${found.limit} bytes at most`, member.size);
      await writeMember(join(folder, found.name), await member.read());
      wanted.delete(found.name);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataFormatError || isFileError(error)) throw error;
    throw fault("it must be a whole archive", error instanceof Error ? error.message : String(error));
  }
}

async function writeMember(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for await (const chunk of content) {
    for (let written = 0; written < chunk.length;) written += await file.write(chunk.subarray(written));
  }
  await file.sync();
}

async function* tarMembers(path: string): AsyncGenerator<Member> {
  using file = await Deno.open(path);
  const extract = tar.extract();
  const source = Readable.from(file.readable.pipeThrough(new DecompressionStream("gzip")));
  source.on("error", (error) => extract.destroy(error));
  source.pipe(extract);
  for await (const entry of extract) {
    const { name, type, size = 0 } = entry.header;
    // Anything but a plain file counts by its size only: what a link points to is none of our business.
    let isRead = false;
    const read = () => {
      isRead = true;
      return Promise.resolve(entry as AsyncIterable<Uint8Array>);
    };
    yield { path: type === "file" ? name : "", size, read };
    if (!isRead) entry.resume();
  }
}

async function* zipMembers(path: string): AsyncGenerator<Member> {
  const zip = await yauzl.openPromise(path);
  for await (const entry of zip.eachEntry()) {
    yield { path: entry.fileName, size: entry.uncompressedSize, read: () => zip.openReadStreamPromise(entry) };
  }
}

/** Errors of the file system (a full disk, a missing file) carry the system's code: they say nothing of the archive. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code));
}
