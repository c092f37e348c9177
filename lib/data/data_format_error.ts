/** What {@linkcode DataFormatError} says. */
export interface DataFormatFault {
  readonly file: string;
  /** Where in the file's content (after decompression) the fault shows, in bytes. */
  readonly offset?: number;
  /** What should hold: "a label must be below 10". */
  readonly rule: string;
  readonly value: string | number;
  /** What to do about it. Default: to delete the file and fetch it again. */
  readonly remedy?: string;
}

/**
 * A data file is not what it should be: damaged, cut short, of another format, or not the content that its name promises.
 * Nothing of it has been used.
 */
export class DataFormatError extends Error {
  override name = "DataFormatError";
  readonly file: string;
  readonly offset?: number;

  constructor(
    { file, offset, rule, value, remedy = "Delete the file and load again, or copy it from its source once more." }:
      DataFormatFault,
  ) {
    const place = offset === undefined ? "" : `, byte ${offset}`;
    super(`Cannot read ${file}${place}: ${rule}: current value is ${value}. ${remedy}`);
    this.file = file;
    this.offset = offset;
  }
}
