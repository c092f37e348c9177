import { DataFormatError } from "../data/data_format_error.ts";
import { DownloadError } from "../data/download/download_error.ts";

const { NotFound, PermissionDenied } = Deno.errors;
const kinds = [RangeError, SyntaxError, TypeError, DataFormatError, DownloadError, NotFound, PermissionDenied];

/** Whether an error says itself what to do: whoever typed the command needs its message, and no stack. */
export function isExpected(error: unknown): error is Error {
  return kinds.some((kind) => error instanceof kind);
}
