import type { Finding } from "./verdict.ts";

/** A finding as a sentence that says where it was found; nothing where there is none. */
export function inWords(finding: Finding | undefined): string {
  if (finding === undefined) return "";
  return finding.notebook === null ? finding.text : `${finding.notebook}: ${finding.text}`;
}
