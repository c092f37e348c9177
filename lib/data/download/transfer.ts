import type { PartialFile } from "./partial_file.ts";

/** A server's answer, or the lack of one, that does not give the file. */
export class Refusal extends Error {
  override name = "Refusal";
  /** How many tries of the address such a refusal is worth in all. */
  readonly tries: number;

  constructor(message: string, { tries = Infinity }: { tries?: number } = {}) {
    super(message);
    this.tries = tries;
  }
}

/** How to fetch. */
export interface TransferOptions {
  /** The size of the file, where it is known. */
  readonly bytes?: number;
  /** Whether to go on from bytes that this address cannot vouch for, because a sum will be checked. */
  readonly resume: boolean;
  readonly stallSeconds: number;
  readonly signal?: AbortSignal;
  readonly onReceived: (done: number, total?: number) => void;
}

/** Less than this does not count as a sign of life: a server that drips has stalled as well. */
const signOfLife = 16 * 1024;
/** A file of unknown size ends here at the latest, before it fills the disk. */
const largestUnknown = 16 * 2 ** 30;
/** Answers of the kind "not now". */
const temporary = new Set([408, 425, 429]);

/**
 * Makes one request and adds what comes to the partial file, from where that stands if the server can go on from there,
 * else from the start.
 *
 * @returns where the answer began
 * @throws {Refusal} if the file has not come whole
 */
export async function transfer(
  address: string,
  partial: PartialFile,
  { bytes, resume, stallSeconds, signal, onReceived }: TransferOptions,
): Promise<{ resumedAt: number }> {
  const have = await partial.size();
  const stall = stallTimer(stallSeconds);
  let done = 0;
  let isAnswered = false;
  try {
    if (have === bytes && resume) return { resumedAt: have };
    const headers = await rangeHeaders(address, partial, { have, bytes, resume });
    const response = await fetch(address, {
      headers,
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    isAnswered = true;
    if (response.status === 416 || (response.status === 206 && !continuesAt(response, have))) {
      await response.body?.cancel();
      await partial.restart();
      throw new Refusal("cannot go on from where the last transfer ended");
    }
    const total = await acceptResponse(response, { bytes });
    const start = response.status === 206 ? have : 0;
    if (start === 0) await partial.restart(originOf(address, response));
    const limit = bytes ?? total ?? largestUnknown;
    done = start;
    onReceived(done, bytes ?? total);
    for await (const chunk of response.body ?? []) {
      stall.alive(chunk.length);
      done += chunk.length;
      if (done > limit) {
        await partial.restart();
        throw new Refusal(`sends more than the ${limit} bytes of the file`, { tries: start > 0 ? 2 : 1 });
      }
      await partial.append(chunk);
      onReceived(done, bytes ?? total);
    }
    const expected = bytes ?? total;
    if (expected !== undefined && done < expected) throw new Refusal(`ended after ${done} of ${expected} bytes`);
    return { resumedAt: start };
  } catch (error) {
    // An address that has never sent a byte is not worth waiting for twice.
    if (stall.signal.aborted) throw new Refusal(`sent nothing for ${stallSeconds} s`, done > 0 ? {} : { tries: 1 });
    if (error instanceof TypeError) throw networkRefusal(error, { isAnswered });
    throw error;
  } finally {
    stall.stop();
  }
}

async function rangeHeaders(
  address: string,
  partial: PartialFile,
  { have, bytes, resume }: { have: number; bytes?: number; resume: boolean },
): Promise<Record<string, string>> {
  // A compressed transfer would make sizes and ranges mean something else.
  const plain = { "accept-encoding": "identity" };
  if (have === 0 || (bytes !== undefined && have >= bytes)) return plain;
  const origin = await partial.origin();
  const range = `bytes=${have}-`;
  if (origin?.address === address) return { ...plain, range, "if-range": origin.validator };
  return resume ? { ...plain, range } : plain;
}

/** The whole file's size, if the answer gives the file and says. */
async function acceptResponse(response: Response, { bytes }: { bytes?: number }): Promise<number | undefined> {
  const refuse = async (reason: string, options?: { tries?: number }) => {
    await response.body?.cancel();
    return new Refusal(reason, options);
  };
  const { status, statusText } = response;
  if (status !== 200 && status !== 206) {
    const mayPass = status >= 500 || temporary.has(status);
    throw await refuse(`answers ${status} ${statusText}`.trim(), mayPass ? {} : { tries: 1 });
  }
  const total = totalOf(response);
  if (bytes !== undefined && total !== undefined && total !== bytes) {
    throw await refuse(`offers a file of ${total} bytes instead of ${bytes}`, { tries: 1 });
  }
  return total;
}

function totalOf({ status, headers }: Response): number | undefined {
  if (status === 206) return contentRange(headers)?.total;
  const isEncoded = (headers.get("content-encoding") ?? "identity") !== "identity";
  const length = headers.get("content-length");
  return length === null || isEncoded ? undefined : Number(length);
}

function continuesAt({ headers }: Response, have: number): boolean {
  return contentRange(headers)?.start === have;
}

function contentRange(headers: Headers): { start: number; total?: number } | undefined {
  const match = headers.get("content-range")?.match(/^bytes (\d+)-\d+\/(\d+|\*)$/);
  if (!match) return undefined;
  return { start: Number(match[1]), total: match[2] === "*" ? undefined : Number(match[2]) };
}

/** What to ask by next time whether the file is still the same; weak ETags do not promise the same bytes. */
function originOf(address: string, { headers }: Response): { address: string; validator: string } | undefined {
  const etag = headers.get("etag");
  const validator = etag?.startsWith('"') ? etag : headers.get("last-modified");
  return validator ? { address, validator } : undefined;
}

function networkRefusal(error: TypeError, { isAnswered }: { isAnswered: boolean }): Refusal {
  if (isAnswered) return new Refusal(`broke off (${error.message})`);
  // Without a cause, nothing was sent at all: the address is malformed, or may not be asked.
  if (!(error.cause instanceof Error)) return new Refusal(`cannot be asked (${error.message})`, { tries: 1 });
  const [, detail] = error.cause.message.match(/^error sending request for url \(.*?\): (.*)$/s) ??
    [undefined, error.cause.message];
  if (!detail.includes("(Connect)")) return new Refusal(`broke off (${detail})`);
  // Nobody there: one more try, in case the network has only blinked, then the next address.
  const reason = detail.replace("client error (Connect): ", "");
  return new Refusal(`cannot be reached (${reason})`, { tries: reason.startsWith("dns error") ? 1 : 2 });
}

/** Aborts its signal when nothing worth the name has come for `seconds`. */
function stallTimer(seconds: number) {
  const controller = new AbortController();
  let sinceReset = 0;
  const start = () => setTimeout(() => controller.abort(), 1000 * seconds);
  let timer = start();
  return {
    signal: controller.signal,
    alive(bytes: number) {
      sinceReset += bytes;
      if (sinceReset < signOfLife) return;
      sinceReset = 0;
      clearTimeout(timer);
      timer = start();
    },
    stop: () => clearTimeout(timer),
  };
}
