import { basename } from "node:path";

/** An address that did not give a file, and why. */
export interface FailedAddress {
  readonly address: string;
  readonly reason: string;
}

/** A file that is missing: where it belongs, and how to know it. */
export interface WantedFile {
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** What {@linkcode DownloadError} says. */
export interface DownloadFault {
  readonly failures: readonly FailedAddress[];
  /** The files to put in place by hand. */
  readonly wanted: readonly WantedFile[];
}

/** No address gave what was wanted: the message lists each with its reason, and says which files to put where by hand. */
export class DownloadError extends Error {
  override name = "DownloadError";
  readonly failures: readonly FailedAddress[];
  readonly wanted: readonly WantedFile[];

  constructor({ failures, wanted }: DownloadFault) {
    const tried = failures.map(({ address, reason }) => `\n  ${address}: ${reason}`).join("");
    const files = wanted.map((file) => `\n  ${file.path}${factsOf(file)}`).join("");
    super(
      `Cannot download ${basename(wanted[0].path)}: no address gave it:${tried}\n` +
        `Fetch it on a machine that can, from one of these, and put it in place by hand:${files}`,
    );
    this.failures = failures;
    this.wanted = wanted;
  }
}

function factsOf({ bytes, sha256 }: WantedFile): string {
  const facts = [
    ...(bytes === undefined ? [] : [`${bytes.toLocaleString("en")} bytes`]),
    ...(sha256 === undefined ? [] : [`SHA-256 ${sha256}`]),
  ];
  return facts.length === 0 ? "" : ` (${facts.join(", ")})`;
}
