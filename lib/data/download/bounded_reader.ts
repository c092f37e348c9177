import { Readable } from "node:stream";
import yauzl from "yauzl";

/** Bytes that are read at once from a member. */
const blockSize = 2 ** 18;

/**
 * Gives yauzl the bytes of an open file, and never any from beyond its end: with yauzl's own reader, an offset that no
 * file can have ends the process.
 */
export class BoundedReader extends yauzl.RandomAccessReader {
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

  override _readStreamForRange(start: number, end: number): Readable {
    const fill = (part: Uint8Array, position: number) => this.#fill(part, position);
    return Readable.from(
      function* () {
        for (let position = start; position < end; position += blockSize) {
          const part = new Uint8Array(Math.min(blockSize, end - position));
          const error = fill(part, position);
          if (error) throw error;
          yield part;
        }
      }(),
      { objectMode: false },
    );
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
