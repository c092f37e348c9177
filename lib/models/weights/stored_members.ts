import yauzl from "yauzl";
import { DataFormatError } from "../../data/data_format_error.ts";
import { BoundedReader } from "../../data/download/bounded_reader.ts";

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
