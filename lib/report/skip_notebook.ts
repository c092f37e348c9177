import { DownloadError } from "../data/download/download_error.ts";

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

/**
 * What a notebook loads, or its end: where something is neither here nor to be downloaded, the notebook is skipped, and
 * says which file to put where.
 *
 * @param advice what else a reader may do, in a sentence
 * @throws {NotebookSkipped} in place of a {@linkcode DownloadError}; anything else that goes wrong is thrown as it is
 */
export async function orSkip<T>(loading: Promise<T>, advice = ""): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    return skipNotebook([error.message, advice].filter(Boolean).join("\n"));
  }
}
