import { z } from "zod";
import type { ProgressEvent } from "./progress.ts";

// Both ways one JSON text a line. What a worker says begins with a record separator (RFC 7464), so that a line which some
// library prints is not taken for a message.

const separator = "\u001e";

const metrics = z.record(z.string(), z.number().or(z.null()).transform((value) => value ?? NaN)).optional();
const named = { task: z.string() };

const progressEvent: z.ZodType<ProgressEvent> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("begin"), ...named, total: z.number().optional(), unit: z.string() }),
  z.object({ kind: z.literal("advance"), ...named, done: z.number(), total: z.number().optional(), metrics }),
  z.object({
    kind: z.literal("finish"),
    ...named,
    outcome: z.enum(["done", "stopped", "failed"]),
    seconds: z.number(),
    metrics,
  }),
  z.object({ kind: z.literal("note"), ...named, text: z.string() }),
]);

const fromWorker = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), event: progressEvent }),
  z.object({ kind: z.literal("done"), value: z.unknown(), peakBytes: z.number() }),
  z.object({ kind: z.literal("failed"), name: z.string(), message: z.string(), peakBytes: z.number() }),
]);

/** What a worker tells its pool. */
export type WorkerMessage = z.infer<typeof fromWorker>;

export function encodeWorkerMessage(message: WorkerMessage): Uint8Array {
  return new TextEncoder().encode(`${separator}${JSON.stringify(message)}\n`);
}

/**
 * The message in a line, or nothing where a library printed it.
 *
 * @throws {SyntaxError} if the line begins as a message and is none
 */
export function parseWorkerMessage(line: string): WorkerMessage | undefined {
  if (!line.startsWith(separator)) return undefined;
  const parsed = fromWorker.safeParse(JSON.parse(line.slice(1)));
  if (parsed.success) return parsed.data;
  throw new SyntaxError(`Cannot read a worker's message: ${z.prettifyError(parsed.error)}`);
}

/** The lines of a stream as they come. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
