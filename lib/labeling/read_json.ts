import type { z } from "zod";

/** A request that is refused, with the status to answer. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 421 | 422 | 429 | 503, message: string) {
    super(message);
  }
}

/** What {@linkcode readJson} is told. */
export interface ReadJsonOptions {
  /** Most bytes of a body. */
  readonly mostBytes: number;
  /** Longest time for it to arrive. */
  readonly seconds: number;
}

/**
 * The body of a request as JSON of the shape of `schema`. It is read no further than is allowed, and no longer.
 *
 * @throws {RefusedError} if it is too large, too slow, no JSON or of another shape
 */
export async function readJson<T>(
  request: Request,
  schema: z.ZodType<T>,
  { mostBytes, seconds }: ReadJsonOptions,
): Promise<T> {
  if (request.headers.get("content-type")?.split(";")[0].trim() !== "application/json") {
    throw new RefusedError(415, "Send application/json.");
  }
  const tooLarge = new RefusedError(413, `Send at most ${mostBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) throw tooLarge;
  const reader = request.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RefusedError(408, "The request took too long to arrive.")), seconds * 1000);
  });
  try {
    while (reader !== undefined) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      length += value.length;
      if (length > mostBytes) throw tooLarge;
      pieces.push(value);
    }
  } catch (error) {
    reader?.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
    late.catch(() => {});
  }
  let value: unknown;
  try {
    value = JSON.parse(await new Blob(pieces as BlobPart[]).text());
  } catch {
    throw new RefusedError(400, "This is not JSON.");
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new RefusedError(400, `Not what was expected: ${error.issues[0].path.join(".")}: ${error.issues[0].message}`);
}
