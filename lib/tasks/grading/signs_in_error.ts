import { resolve } from "node:path";
import type { NotebookRerun, Violation } from "./submission_record.ts";

/** What the text of an error gives away. */
export interface Signs {
  readonly outcome?: NotebookRerun["outcome"];
  readonly violation?: Pick<Violation, "kind" | "detail">;
}

/** How Deno and Node say that a file could not be touched: the reason, the operation and the path. */
const refusals = [
  /(?<reason>Read-only file system|Permission denied|Operation not permitted|Device or resource busy|No such file or directory) \(os error \d+\): (?<operation>[\w ]+) '(?<path>[^'\n]+)'/,
  /(?<reason>EROFS|EACCES|EPERM|EBUSY|ENOENT): [\w\s,-]+?, (?<operation>\w+) '(?<path>[^'\n]+)'/,
];
const changes = /^(remove|rename|unlink|rmdir|rm|chmod|chown|symlink|link|mkdir|copy|truncate)/;
const outOfMemory =
  /Array buffer allocation failed|JavaScript heap out of memory|Reached heap limit|Cannot allocate memory|\bOOM\b|std::bad_alloc|ENOMEM|memory allocation of \d+ bytes failed/;
const diskFull = /No space left on device|\bENOSPC\b|File too large|\bEFBIG\b|SIGXFSZ/;
const noMoreProcesses = /Resource temporarily unavailable \(os error 11\)|\bEAGAIN\b.*\b(spawn|fork)|fork: retry/;

/**
 * What an error says of the walls that a notebook ran into. A notebook that hides its errors leaves no such sign, and
 * has done no harm either: what the sandbox itself counts (memory, processes, disk, time, packets) needs none.
 *
 * @param project the folder that is the notebook's own
 */
export function signsInError(error: string, { project }: { readonly project: string }): Signs {
  if (outOfMemory.test(error)) return { outcome: "out of memory" };
  if (diskFull.test(error)) {
    return { violation: { kind: "disk limit", detail: "It wrote more to the disk than it may." } };
  }
  if (noMoreProcesses.test(error)) {
    return { violation: { kind: "process limit", detail: "It started more processes than it may." } };
  }
  for (const refusal of refusals) {
    const { reason, operation, path } = refusal.exec(error)?.groups ?? {};
    if (reason === undefined) continue;
    const isOutside = !`${resolve(project, "notebooks", path)}/`.startsWith(`${project}/`);
    const isForbidden = /Read-only|EROFS/.test(reason);
    if (isForbidden || isOutside && changes.test(operation)) {
      const detail = `It tried to change what is not its own (${operation} ${JSON.stringify(path)}): ${reason}.`;
      return { violation: { kind: "writes outside", detail } };
    }
  }
  return {};
}
