import yauzl from "yauzl";
import { DataFormatError } from "../../data/data_format_error.ts";

/** A member of a zip archive that lies in it uncompressed. */
export interface StoredMember {
  readonly name: string;
  /** Where its content begins in the file, in bytes. */
  readonly start: number;
  readonly length: number;
}

/** A network has a few thousand tensors at most. */
const mostMembers = 100_000;

/**
 * Where the members of a weights archive lie, by name. PyTorch and Keras store them uncompressed; nothing is ever
 * inflated here, so that no archive can become more than it is.
 *
 * @throws {DataFormatError} if the archive is damaged, or a member is compressed, encrypted or there twice
 */
export async function storedMembers(path: string): Promise<ReadonlyMap<string, StoredMember>> {
  const refuse = (rule: string, value: string | number, remedy?: string) =>
    new DataFormatError({ file: path, rule, value, remedy });
  const members = new Map<string, StoredMember>();
  using file = await Deno.open(path);
  const { size } = await file.stat();
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new BoundedReader(file, size), size, { autoClose: false });
    if (zip.entryCount > mostMembers) throw refuse(`it must have ${mostMembers} members at most`, zip.entryCount);
    for await (const entry of zip.eachEntry()) {
      const { fileName: name, compressionMethod, compressedSize, uncompressedSize } = entry;
      if (name.endsWith("/")) continue;
      if (members.has(name)) throw refuse("its members must have different names", `"${name}" twice`);
      if (compressionMethod !== 0 || compressedSize !== uncompressedSize || entry.isEncrypted()) {
        throw refuse(
          `its member "${name}" must be stored as it is, as torch.save does`,
          `${uncompressedSize} bytes packed into ${compressedSize}`,
          "Unpack the archive and pack it again without compression (zip -0), or save the weights anew.",
        );
      }
      const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      members.set(name, { name, start, length: compressedSize });
    }
    return members;
  } catch (error) {
    if (error instanceof DataFormatError) throw error;
    throw refuse("it must be a whole zip archive", error instanceof Error ? error.message : String(error));
  }
}

/** Gives yauzl bytes of a file. Its own reader lets an offset beyond all numbers end the process. */
class BoundedReader extends yauzl.RandomAccessReader {
  readonly #file: Deno.FsFile;
  readonly #size: number;

  constructor(file: Deno.FsFile, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    queueMicrotask(() => callback(this.#fill(buffer.subarray(offset, offset + length), position)));
  }

  #fill(part: Uint8Array, position: number): Error | null {
    if (!(position >= 0 && position + part.length <= this.#size)) return new RangeError("it points beyond its end");
    this.#file.seekSync(position, Deno.SeekMode.Start);
    for (let done = 0; done < part.length;) {
      const read = this.#file.readSync(part.subarray(done));
      if (read === null) return new RangeError("it ends too early");
      done += read;
    }
    return null;
  }
}
