/** A notebook cannot run here, which is no fault of its own: the runner counts it as skipped, with this reason. */
export class NotebookSkipped extends Error {
  override name = "NotebookSkipped";
}

/**
 * Ends a notebook that cannot run on this machine, for want of data or of a device.
 *
 * @param reason what is missing and how to get it
 * @throws {NotebookSkipped} always
 */
export function skipNotebook(reason: string): never {
  throw new NotebookSkipped(reason);
}
