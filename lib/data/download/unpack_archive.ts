import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import tar from "tar-stream";
import yauzl from "yauzl";
import { DataFormatError } from "../data_format_error.ts";
import { BoundedReader } from "./bounded_reader.ts";

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
  await forEachMember(path, {
    signal,
    async take(member) {
      const found = wanted.get(basename(member.path));
      if (!found) return;
      if (member.size > found.limit) {
        throw faultOf(path, `${member.path} must have ${found.limit} bytes at most`, member.size);
      }
      await writeMember(join(folder, found.name), await member.read());
      wanted.delete(found.name);
    },
  });
}

/** Where {@linkcode unpackAll} puts files. */
export interface UnpackAllOptions {
  /** An existing folder. */
  readonly folder: string;
  /** Bytes that it may unpack to; 8 GiB by default. */
  readonly limit?: number;
  /** Files that it may hold; half a million by default. */
  readonly mostFiles?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes all plain files out of a `.tar`, `.tar.gz` or `.zip` archive, in their folders. Links and the like are passed
 * over.
 *
 * @throws {DataFormatError} if the archive is damaged, unpacks to more than it may, or names a place outside the
 *   folder
 */
export async function unpackAll(
  path: string,
  { folder, limit = largestArchive, mostFiles = 500_000, signal }: UnpackAllOptions,
): Promise<void> {
  let files = 0;
  await forEachMember(path, {
    limit,
    signal,
    async take(member) {
      if (member.path === "" || member.path.endsWith("/")) return;
      const steps = member.path.replace(/^(\.\/)+/, "").split("/");
      // A step that a system takes for a drive, an escape or another separator leads somewhere else.
      if (steps.some((step) => step === "" || step === ".." || step.length > 255 || /[\\:\0]/.test(step))) {
        throw faultOf(path, "its files must stay inside its folder", JSON.stringify(member.path));
      }
      if (++files > mostFiles) throw faultOf(path, `it must hold ${mostFiles} files at most`, "more");
      const place = join(folder, ...steps);
      await Deno.mkdir(dirname(place), { recursive: true });
      await writeMember(place, await member.read());
    },
  });
}

async function forEachMember(
  path: string,
  { take, limit = largestArchive, signal }: {
    readonly take: (member: Member) => Promise<void>;
    readonly limit?: number;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  let unpacked = 0;
  try {
    for await (const member of path.endsWith(".zip") ? zipMembers(path) : tarMembers(path)) {
      signal?.throwIfAborted();
      unpacked += member.size;
      if (unpacked > limit) throw faultOf(path, `it must unpack to ${limit} bytes at most`, "more");
      await take(member);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataFormatError || isFileError(error)) throw error;
    throw faultOf(path, "it must be a whole archive", error instanceof Error ? error.message : String(error));
  }
}

function faultOf(file: string, rule: string, value: string | number): DataFormatError {
  return new DataFormatError({ file, rule, value });
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
  const isZipped = /\.(gz|tgz)$/.test(path);
  const source = Readable.from(isZipped ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable);
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
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const zip = await yauzl.fromRandomAccessReaderPromise(new BoundedReader(file, size), size, { autoClose: false });
  for await (const entry of zip.eachEntry()) {
    yield { path: entry.fileName, size: entry.uncompressedSize, read: () => zip.openReadStreamPromise(entry) };
  }
}

/** Errors of the file system (a full disk, a missing file) carry the system's code: they say nothing of the archive. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code));
}
