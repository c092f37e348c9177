/** What {@linkcode readBounded} does with what it reads. */
export interface ReadBoundedOptions {
  /** Called with every line as it comes, without what is beyond the limit. */
  readonly onLine?: (line: string) => void;
  /** Characters of a line, and of what is given back. */
  readonly limit?: number;
}

/**
 * Reads a stream to its end, whoever writes it and however much.
 *
 * @returns its last `limit` characters
 */
export async function readBounded(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { onLine = () => {}, limit = 2 ** 16 }: ReadBoundedOptions = {},
): Promise<string> {
  let tail = "";
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    tail = (tail + piece).slice(-limit);
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!.slice(0, limit);
    lines.forEach((line) => onLine(line.slice(0, limit)));
  }
  if (rest !== "") onLine(rest);
  return tail;
}
