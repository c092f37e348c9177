import { TextLineStream } from "./text_line_stream.ts";

/** A process that answers each line with one line of JSON. */
export interface LineProcess {
  /** Sends a line and waits for the answer; without a line it only waits. */
  ask<Answer>(line?: string): Promise<Answer>;
  /** Waits for the answer to the end of its input, `undefined` if it gives none, and for the process to end. */
  end<Answer>(): Promise<Answer | undefined>;
}

/** What was started ended without an answer. */
export class NoAnswerError extends Error {
  override name = "NoAnswerError";
}

/** Starts a command that speaks so. */
export function lineProcess(
  [command, ...args]: readonly string[],
  { env }: { readonly env?: Readonly<Record<string, string>> } = {},
): LineProcess {
  const child = new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const complaints = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  const next = async <Answer>(): Promise<Answer | undefined> => {
    const { value } = await lines.read();
    return value === undefined ? undefined : JSON.parse(value);
  };
  return {
    async ask<Answer>(line?: string): Promise<Answer> {
      if (line !== undefined) await writer.write(new TextEncoder().encode(`${line}\n`));
      const answer = await next<Answer>();
      if (answer !== undefined) return answer;
      throw new NoAnswerError(`${[command, ...args].join(" ")} gave no answer.\n${(await complaints).trim()}`);
    },
    async end<Answer>() {
      await writer.close();
      const answer = await next<Answer>();
      await child.status;
      return answer;
    },
  };
}
