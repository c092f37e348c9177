import { DataFormatError } from "../data_format_error.ts";
import { decodePhoto, type Pixels } from "./decode_photo.ts";
import { turnstile } from "./turnstile.ts";
import { UnreadablePhotoError } from "./unreadable_photo_error.ts";

/** Larger files are no photos. */
const mostBytes = 2 ** 29;

/** As many decoders as processors: each holds a whole photo. */
const decoders = turnstile(Math.max(2, navigator.hardwareConcurrency));

/**
 * Everything in a photo's file, as far as it may be a photo's: a plain file of 512 MiB at most.
 *
 * @throws {UnreadablePhotoError} if it is not, and file errors
 */
export async function photoContent(path: string): Promise<Uint8Array> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new UnreadablePhotoError("it is not a plain file");
  if (size > mostBytes) throw new UnreadablePhotoError(`it must have ${mostBytes} bytes at most: it has ${size}`);
  return await Deno.readFile(path);
}

/**
 * Decodes the photo in a file and makes something of its pixels, at most as many at once as there are processors.
 *
 * @throws {UnreadablePhotoError} with the reason, if it cannot be read
 */
export async function readPhoto<T>(path: string, use: (photo: Pixels) => T): Promise<T> {
  return await decoders(async () => use(await decodePhoto(await photoContent(path))));
}

/** A photo that cannot be read, and why. */
export interface UnreadablePhoto {
  readonly file: string;
  readonly reason: string;
}

/** Why a photo cannot be read, out of the error; other errors are thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof UnreadablePhotoError) return error.message;
  if (error instanceof Deno.errors.NotFound) return "it is not there";
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be read";
  throw error;
}

/** Refuses the first of these photos. */
export function refuseUnreadable([first, ...more]: readonly UnreadablePhoto[]): void {
  if (!first) return;
  throw new DataFormatError({
    file: first.file,
    rule: "it must be a photo",
    value: first.reason + (more.length > 0 ? `; and so with ${more.length} more` : ""),
    remedy: 'Delete it, copy it from its source once more, or pass it over with onUnreadable: "skip".',
  });
}
