import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ProgressListener } from "../../runtime/progress.ts";
import { DownloadError, type FailedAddress } from "./download_error.ts";
import { offlineReason } from "./offline.ts";
import { openPartialFile, type PartialFile } from "./partial_file.ts";
import { sumOfFile } from "../sum_of_file.ts";
import { Refusal, transfer } from "./transfer.ts";

/** What {@linkcode download} fetches, from where, and how patiently. */
export interface DownloadOptions {
  /** Where the file is published: the canonical address first, then mirrors. */
  readonly addresses: readonly string[];
  /** The file's size, where it is known. */
  readonly bytes?: number;
  /** The file's SHA-256 (hexadecimal), where it is known. */
  readonly sha256?: string;
  /** What progress events call it. Default: the file's name. */
  readonly task?: string;
  /** How often to try one address without getting ahead. Default: 4. */
  readonly attempts?: number;
  /** Wait before the second try of an address, in seconds; doubled each time. Default: 1. */
  readonly patience?: number;
  /** Give up a transfer that brings nothing (less than 16 KiB) for so many seconds. Default: 30. */
  readonly stallSeconds?: number;
  /** Stops the download; what has come stays for the next time. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Getting ahead by less than this is not getting ahead: else a server could keep us for ever. */
const worthwhileBytes = 64 * 1024;

/**
 * Downloads a file to `path`, from the first address that gives it whole and right.
 *
 * What arrives is kept in `<path>.partial`, also when the download fails or the process is killed, and the next try
 * goes on from there if the server can. A server that fails (5xx), stalls or cuts the connection is tried again; one
 * that does not have the file, cannot be reached or sends other bytes is left for the next address. Only a file that
 * has the size and the sum asked for is flushed to disk and renamed to `path`, so that whatever lies there is whole.
 * Processes that download the same file wait for each other.
 *
 * A file at `path` that already is as asked is left as it is; another is replaced.
 *
 * @throws {DownloadError} if no address gives the file; it names each with the reason, and the file to put by hand
 * @throws the signal's reason when aborted, and file errors such as a full disk
 *
 * @example
 * ```ts
 * import { download } from "curio";
 * import assert from "node:assert/strict";
 *
 * const server = Deno.serve({ port: 0, onListen() {} }, () => new Response("weights"));
 * const path = `${Deno.makeTempDirSync()}/weights.bin`;
 * await download(path, { addresses: [`http://localhost:${server.addr.port}/weights.bin`], bytes: 7 });
 * assert.equal(Deno.readTextFileSync(path), "weights");
 * await server.shutdown();
 * ```
 */
export async function download(path: string, options: DownloadOptions): Promise<void> {
  const { addresses, bytes, sha256, task = basename(path), signal, onProgress = () => {} } = options;
  if (await isAsExpected(path, { bytes, sha256 })) return;
  signal?.throwIfAborted();
  await Deno.mkdir(dirname(path), { recursive: true });
  const note = (text: string) => onProgress({ kind: "note", task, text });
  using partial = await openPartialFile(path, {
    signal,
    onWait: () => note("another process is downloading this file; waiting for it"),
  });
  if (await isAsExpected(path, { bytes, sha256 })) return await partial.discard(); // the other process has done it

  const started = performance.now();
  const finish = (outcome: "done" | "stopped" | "failed") =>
    onProgress({ kind: "finish", task, outcome, seconds: (performance.now() - started) / 1000 });
  onProgress({ kind: "begin", task, total: bytes, unit: "bytes" });
  try {
    const failures: FailedAddress[] = [];
    for (const address of addresses) {
      const reason = offlineReason() ?? await tryAddress(address, partial, options);
      if (reason === undefined) {
        await partial.commit();
        finish("done");
        return;
      }
      note(`${address}: ${reason}`);
      failures.push({ address, reason });
    }
    if (await partial.size() === 0) await partial.discard();
    throw new DownloadError({ failures, wanted: [{ path, bytes, sha256 }] });
  } catch (error) {
    finish(signal?.aborted ? "stopped" : "failed");
    throw error;
  }
}

/** Fetches the file from one address, in as many tries as it is worth; the reason if it does not give it. */
async function tryAddress(
  address: string,
  partial: PartialFile,
  { bytes, sha256, attempts = 4, patience = 1, stallSeconds = 30, signal, onProgress = () => {}, ...rest }:
    DownloadOptions,
): Promise<string | undefined> {
  const task = rest.task ?? basename(partial.path);
  let furthest = await partial.size();
  for (let failures = 0;;) {
    try {
      const { resumedAt } = await transfer(address, partial, {
        bytes,
        // With a sum to check at the end, another mirror may finish what one began.
        resume: sha256 !== undefined,
        stallSeconds,
        signal,
        onReceived: (done, total) => onProgress({ kind: "advance", task, done, total }),
      });
      const fault = await partial.faultOf({ sha256 });
      if (fault === undefined) return undefined;
      await partial.restart();
      // What came before may have been at fault, not this answer: once more, from the start.
      throw new Refusal(fault, { tries: resumedAt > 0 ? failures + 2 : 1 });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Refusal)) throw error;
      const reached = await partial.size();
      failures = reached >= furthest + worthwhileBytes ? 1 : failures + 1;
      furthest = Math.max(furthest, reached);
      if (failures >= Math.min(attempts, error.tries)) return error.message;
      onProgress({ kind: "note", task, text: `${address}: ${error.message}; trying again` });
      await delay(1000 * patience * 2 ** (failures - 1), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

/** Whether the file is there and what it should be; without a size and a sum, being there is enough. */
async function isAsExpected(path: string, { bytes, sha256 }: { bytes?: number; sha256?: string }): Promise<boolean> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || (bytes !== undefined && size !== bytes)) return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  return sha256 === undefined || await sumOfFile(path) === sha256;
}
