import { z } from "zod";
import { ignoreNotFound } from "../ignore_not_found.ts";
import { lockFile, type LockFileOptions } from "../lock_file.ts";
import { sumOfFile } from "../sum_of_file.ts";

const originSchema = z.strictObject({ address: z.string(), validator: z.string() });

/** Which version of a file the bytes so far belong to: the server's word for it, ETag or date. */
export type Origin = z.infer<typeof originSchema>;

/** A download that is not finished: the file beside its place, locked against other processes. */
export interface PartialFile extends Disposable {
  /** Where the finished file goes. */
  readonly path: string;
  size(): Promise<number>;
  /** Where the bytes so far came from, if the server named a version. */
  origin(): Promise<Origin | undefined>;
  /** Empties the file, for bytes of `origin`. */
  restart(origin?: Origin): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** Why the file is not the right one, or `undefined` if it is. */
  faultOf(expected: { sha256?: string }): Promise<string | undefined>;
  /** Flushes the file to disk and puts it in its place. */
  commit(): Promise<void>;
  /** Removes what there is of it. */
  discard(): Promise<void>;
}

/** Opens `<path>.partial`, with what a former try left in it, once no other process has it open. */
export async function openPartialFile(
  path: string,
  options: LockFileOptions = {},
): Promise<PartialFile> {
  const partialPath = `${path}.partial`;
  const originPath = `${partialPath}.origin`;
  const file = await lockFile(partialPath, options);
  const size = async () => (await file.stat()).size;
  const removeOrigin = () => Deno.remove(originPath).catch(ignoreNotFound);
  return {
    path,
    size,
    async origin() {
      try {
        return originSchema.parse(JSON.parse(await Deno.readTextFile(originPath)));
      } catch {
        return undefined; // a hint that is missing or damaged only costs starting over
      }
    },
    async restart(origin) {
      await removeOrigin();
      await file.truncate(0);
      if (origin) await Deno.writeTextFile(originPath, JSON.stringify(origin));
    },
    async append(chunk) {
      await file.seek(0, Deno.SeekMode.End);
      for (let written = 0; written < chunk.length;) written += await file.write(chunk.subarray(written));
    },
    async faultOf({ sha256 }) {
      if (sha256 === undefined) return undefined;
      const found = await sumOfFile(partialPath);
      return found === sha256 ? undefined : `sends wrong bytes: their SHA-256 is ${found}`;
    },
    async commit() {
      await file.sync();
      await Deno.rename(partialPath, path);
      await removeOrigin();
    },
    async discard() {
      await removeOrigin();
      await Deno.remove(partialPath).catch(ignoreNotFound);
    },
    [Symbol.dispose]() {
      file.close();
    },
  };
}
