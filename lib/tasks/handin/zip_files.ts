import { type Zippable, zipSync } from "fflate";

/** A file for an archive. */
export interface ArchivedFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** The beginning of time in ZIP's calendar: when a file was written is no part of what it is. */
const anyTime = new Date(1980, 0, 1);
const unix = 3;
const plainFile = 0o100644;

/** A ZIP archive: the same files give the same bytes, in whatever order, on whatever day and machine. */
export function zipFiles(files: readonly ArchivedFile[]): Uint8Array {
  const entries: Zippable = {};
  const options = { mtime: anyTime, os: unix, attrs: plainFile << 16, level: 9 } as const;
  for (const { path, content } of files.toSorted((one, other) => one.path < other.path ? -1 : 1)) {
    entries[path] = [content, options];
  }
  return zipSync(entries);
}
